package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;

import dev.cloudmap.benchmarks.scenario.load.Load;
import dev.cloudmap.benchmarks.scenario.load.LoadSettings;
import dev.cloudmap.benchmarks.scenario.load.Requests;

/**
 * A sequence of events under a steady load.
 *
 * @param name the name of the scenario
 * @param load the load
 */
public record Scenario(String name, LoadSettings load) {

	/** The duration of the load before the first event and after the last one. */
	static final Duration MARGIN = Duration.ofSeconds(1);

	/**
	 * Runs the scenario.
	 * @param steps the events
	 * @return the result
	 * @throws Exception the exception of a step
	 */
	public ScenarioResult run(Steps steps) throws Exception {
		try (Load load = Load.start(this.load)) {
			ScenarioRun run = new ScenarioRun(load);
			run.waitFor(MARGIN);
			run(steps, run, load);
			run.waitFor(MARGIN);
			return new ScenarioResult(this.name, load.stop(), run.measurements());
		}
	}

	private void run(Steps steps, ScenarioRun run, Load load) throws Exception {
		try {
			steps.run(run);
		}
		catch (RuntimeException ex) {
			Requests requests = load.stop();
			throw new IllegalStateException("%s: %s%n%d of %d requests had failed before".formatted(this.name,
					ex.getMessage(), requests.failed().count(), requests.count()), ex);
		}
	}

	/**
	 * The events of a scenario.
	 */
	@FunctionalInterface
	public interface Steps {

		/**
		 * Triggers the events and measures their effects.
		 * @param run the running scenario
		 */
		void run(ScenarioRun run) throws Exception;

	}

}
