package dev.cloudmap.discovery.lookup.dns.query;

import java.time.Duration;

/**
 * A deadline by the monotonic clock.
 *
 * @param nanoTime the end, as in {@link System#nanoTime()}
 */
public record Deadline(long nanoTime) {

	/**
	 * Returns the deadline that passes after a duration from now.
	 */
	public static Deadline after(Duration duration) {
		return new Deadline(System.nanoTime() + duration.toNanos());
	}

	/**
	 * The remaining time, limited for one step.
	 * @param longest the limit
	 */
	Duration remaining(Duration longest) {
		Duration remaining = remaining();
		return (remaining.compareTo(longest) < 0) ? remaining : longest;
	}

	boolean isOver() {
		return this.nanoTime - System.nanoTime() <= 0;
	}

	/**
	 * The remaining time, which is always positive.
	 */
	Duration remaining() {
		return Duration.ofNanos(Math.max(1, this.nanoTime - System.nanoTime()));
	}

}
