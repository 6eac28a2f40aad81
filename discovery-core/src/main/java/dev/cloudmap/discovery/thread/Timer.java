package dev.cloudmap.discovery.thread;

import java.time.Duration;
import java.time.Instant;

/**
 * What time it is, and what happens later. Tests turn one by hand.
 */
public interface Timer {

	/**
	 * The time.
	 */
	Instant now();

	/**
	 * The time that no one sets: like {@link #now()} once, and moved since then by
	 * nothing but time that has passed. For what is due after a while.
	 */
	Instant steady();

	/**
	 * Runs a task once, later. It must not block: what blocks is handed on to an
	 * executor.
	 * @param task what to run
	 * @param delay when, from now
	 * @return what takes it back
	 */
	Scheduled schedule(Runnable task, Duration delay);

	/**
	 * A task that waits for its time.
	 */
	@FunctionalInterface
	interface Scheduled {

		/**
		 * Takes the task back, if it has not begun.
		 */
		void cancel();

	}

}
