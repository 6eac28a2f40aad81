package dev.cloudmap.registry.time;

import java.time.Duration;
import java.time.Instant;

/**
 * The clock of the registry and the thread for delayed tasks.
 */
public interface Scheduler {

	/**
	 * Returns the wall-clock time.
	 * @return the wall-clock time
	 */
	Instant now();

	/**
	 * Returns the monotonic time, as {@link System#nanoTime()}.
	 * @return nanoseconds since an arbitrary origin
	 */
	long nanoTime();

	/**
	 * Runs a task after a delay.
	 * @param delay the delay
	 * @param task the task, which must not block
	 * @return cancels the task
	 */
	Timer schedule(Duration delay, Runnable task);

	/**
	 * A scheduled task.
	 */
	@FunctionalInterface
	interface Timer {

		/**
		 * Cancels the task unless it has run.
		 */
		void cancel();

	}

}
