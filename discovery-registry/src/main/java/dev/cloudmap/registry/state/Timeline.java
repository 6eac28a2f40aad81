package dev.cloudmap.registry.state;

import java.time.Duration;
import java.time.Instant;

/**
 * Where the registry has its time from, so that a test can turn it by hand.
 */
public interface Timeline {

	/**
	 * Returns the time of day, for people to read.
	 * @return the time of day
	 */
	Instant now();

	/**
	 * Returns a time that never goes back, to measure with.
	 * @return nanoseconds since some fixed moment
	 */
	long nanoTime();

	/**
	 * Runs something later.
	 * @param delay how much later
	 * @param task what to run; it must be quick and must never wait
	 * @return the means to call it off
	 */
	Alarm schedule(Duration delay, Runnable task);

	/**
	 * Something that is going to run.
	 */
	@FunctionalInterface
	interface Alarm {

		/**
		 * Calls it off; without effect once it has run.
		 */
		void cancel();

	}

}
