package dev.cloudmap.discovery.lookup.dns;

import java.time.Duration;

/**
 * Until when something may take, whatever happens to the clock on the wall.
 *
 * @param nanoTime the end, as in {@link System#nanoTime()}
 */
record Deadline(long nanoTime) {

	static Deadline after(Duration duration) {
		return new Deadline(System.nanoTime() + duration.toNanos());
	}

	/**
	 * The time that is left for one part of the whole.
	 * @param longest how much of it the part may take
	 */
	Duration remaining(Duration longest) {
		Duration remaining = remaining();
		return (remaining.compareTo(longest) < 0) ? remaining : longest;
	}

	boolean isOver() {
		return this.nanoTime - System.nanoTime() <= 0;
	}

	/**
	 * The time that is left, never nothing.
	 */
	Duration remaining() {
		return Duration.ofNanos(Math.max(1, this.nanoTime - System.nanoTime()));
	}

}
