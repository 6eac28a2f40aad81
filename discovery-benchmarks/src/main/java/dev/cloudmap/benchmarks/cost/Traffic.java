package dev.cloudmap.benchmarks.cost;

import java.time.Duration;

/**
 * The rate of calls to each callee.
 */
enum Traffic {

	/** Continuous calls. */
	STEADY("steady", Duration.ofSeconds(1)),

	/** Occasional calls. */
	RARE("a call every 5 min", Duration.ofMinutes(5));

	private final String title;

	private final Duration period;

	Traffic(String title, Duration period) {
		this.title = title;
		this.period = period;
	}

	String title() {
		return this.title;
	}

	Duration period() {
		return this.period;
	}

}
