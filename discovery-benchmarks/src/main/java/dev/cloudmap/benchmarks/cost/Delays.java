package dev.cloudmap.benchmarks.cost;

import java.time.Duration;
import java.util.Arrays;

/**
 * A collection of delays.
 */
final class Delays {

	private double[] seconds = new double[1024];

	private int count;

	void add(Duration delay) {
		if (this.count == this.seconds.length) {
			this.seconds = Arrays.copyOf(this.seconds, 2 * this.count);
		}
		this.seconds[this.count++] = delay.toMillis() / 1000.0;
	}

	int count() {
		return this.count;
	}

	/**
	 * Returns the mean in seconds, or 0 if there are no delays.
	 */
	double mean() {
		return Arrays.stream(this.seconds, 0, this.count).average().orElse(0);
	}

	/**
	 * Returns the maximum in seconds, or 0 if there are no delays.
	 */
	double longest() {
		return Arrays.stream(this.seconds, 0, this.count).max().orElse(0);
	}

}
