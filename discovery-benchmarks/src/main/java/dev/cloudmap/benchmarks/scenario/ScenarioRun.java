package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

import dev.cloudmap.benchmarks.scenario.load.Load;
import dev.cloudmap.benchmarks.scenario.load.Requests;

/**
 * The run of a scenario: its load, its clock and its measurements.
 */
public final class ScenarioRun {

	private final Load load;

	private final Map<String, Duration> measurements = new LinkedHashMap<>();

	ScenarioRun(Load load) {
		this.load = load;
	}

	/**
	 * Returns the time since the start of the load, the time base of {@link #requests()
	 * requests}.
	 */
	public Duration now() {
		return this.load.now();
	}

	/**
	 * Returns the requests that have ended so far.
	 */
	public Requests requests() {
		return this.load.requests();
	}

	/**
	 * Waits until a condition is true. A check that fails with an I/O error is repeated.
	 * @param description the condition, for the message of a timeout
	 * @param condition the condition
	 * @return the time at which the condition was first true
	 */
	public Duration await(String description, BooleanSupplier condition) {
		Fleet.await(description, condition);
		return now();
	}

	/**
	 * Waits while the load continues.
	 */
	public void waitFor(Duration duration) {
		Duration end = now().plus(duration);
		await("the end of " + duration, () -> now().compareTo(end) >= 0);
	}

	/**
	 * Adds a measurement to the result.
	 * @param name the name of the measurement
	 * @param value the value
	 * @return the value
	 */
	public Duration record(String name, Duration value) {
		this.measurements.put(name, value);
		return value;
	}

	Map<String, Duration> measurements() {
		return this.measurements;
	}

}
