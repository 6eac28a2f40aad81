package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * A scenario while it goes on: its load, its clock, and what was measured.
 */
public final class Course {

	private final Load load;

	private final Map<String, Duration> figures = new LinkedHashMap<>();

	Course(Load load) {
		this.load = load;
	}

	/**
	 * The time since the load's begin, by which {@link #requests() requests} are dated.
	 */
	public Duration now() {
		return this.load.now();
	}

	/**
	 * The requests that have ended until now.
	 */
	public Requests requests() {
		return this.load.requests();
	}

	/**
	 * Waits until something is so. A question that nobody answers is asked again.
	 * @param what what is waited for; not null
	 * @param condition whether it is so; not null
	 * @return when it was first seen to be so
	 */
	public Duration await(String what, BooleanSupplier condition) {
		Fleet.await(what, condition);
		return now();
	}

	/**
	 * Waits for a while, in which the load goes on.
	 */
	public void goOn(Duration duration) {
		Duration end = now().plus(duration);
		await(duration + " to go by", () -> now().compareTo(end) >= 0);
	}

	/**
	 * Keeps what was measured.
	 * @param what what it is; not null
	 * @param figure the measure; not null
	 * @return the same
	 */
	public Duration tell(String what, Duration figure) {
		this.figures.put(what, figure);
		return figure;
	}

	Map<String, Duration> figures() {
		return this.figures;
	}

}
