package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;

/**
 * Something that happens under a steady load.
 *
 * @param name what to call it; never null
 * @param load the load; never null
 */
public record Scenario(String name, LoadSettings load) {

	/** The load is steady for so long before anything happens, and after it has. */
	static final Duration MARGIN = Duration.ofSeconds(1);

	/**
	 * Lets it happen.
	 * @param steps what happens; not null
	 * @return what was seen
	 * @throws Exception whatever a step throws
	 */
	public ScenarioResult run(Steps steps) throws Exception {
		try (Load load = Load.start(this.load)) {
			Course course = new Course(load);
			course.goOn(MARGIN);
			take(steps, course, load);
			course.goOn(MARGIN);
			return new ScenarioResult(this.name, load.stop(), course.figures());
		}
	}

	private void take(Steps steps, Course course, Load load) throws Exception {
		try {
			steps.run(course);
		}
		catch (RuntimeException ex) {
			Requests requests = load.stop();
			throw new IllegalStateException("%s: %s%nUntil then %d of %d requests had failed".formatted(this.name,
					ex.getMessage(), requests.failed().count(), requests.count()), ex);
		}
	}

	/**
	 * What happens.
	 */
	@FunctionalInterface
	public interface Steps {

		/**
		 * Lets it happen, and measures.
		 * @param course the scenario while it goes on; not null
		 */
		void run(Course course) throws Exception;

	}

}
