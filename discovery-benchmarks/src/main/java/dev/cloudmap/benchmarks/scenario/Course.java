package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

import dev.cloudmap.benchmarks.scenario.load.Load;
import dev.cloudmap.benchmarks.scenario.load.Requests;

/**
 * A running scenario: its load, its clock and its measurements.
 */
public final class Course {

	private final Load load;

	private final Map<String, Duration> figures = new LinkedHashMap<>();

	Course(Load load) {
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
	 * @param what the description of the condition
	 * @param condition the condition
	 * @return the time at which the condition was first true
	 */
	public Duration await(String what, BooleanSupplier condition) {
		Fleet.await(what, condition);
		return now();
	}

	/**
	 * Waits while the load continues.
	 */
	public void goOn(Duration duration) {
		Duration end = now().plus(duration);
		await(duration + " to go by", () -> now().compareTo(end) >= 0);
	}

	/**
	 * Adds a measurement to the result.
	 * @param what the name of the measurement
	 * @param figure the value
	 * @return the value
	 */
	public Duration tell(String what, Duration figure) {
		this.figures.put(what, figure);
		return figure;
	}

	Map<String, Duration> figures() {
		return this.figures;
	}

}
