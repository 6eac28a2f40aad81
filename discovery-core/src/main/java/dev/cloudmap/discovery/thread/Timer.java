package dev.cloudmap.discovery.thread;

import java.time.Duration;
import java.time.Instant;

/**
 * A clock and a scheduler. Thread-safe.
 */
public interface Timer {

	/**
	 * The wall-clock time.
	 */
	Instant now();

	/**
	 * The monotonic time: it starts at the wall-clock time and is not affected by later
	 * changes of the clock. Deadlines use it.
	 */
	Instant steady();

	/**
	 * Runs a task once after a delay.
	 * @param task the task; must not block
	 * @return cancels the task
	 */
	Scheduled schedule(Runnable task, Duration delay);

	/**
	 * A scheduled task.
	 */
	@FunctionalInterface
	interface Scheduled {

		/**
		 * Cancels the task if it has not started.
		 */
		void cancel();

	}

}
