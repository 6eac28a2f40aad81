package dev.cloudmap.discovery.loadbalancer.adapter;

import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.thread.Timer;

/**
 * Interrupts a thread that is still blocked at its deadline. The timeouts of most clients
 * are the same for all services, and fixed when the client is created.
 */
final class ThreadDeadline {

	private final Thread thread = Thread.currentThread();

	private final Runnable expired;

	private boolean ended;

	private boolean interrupted;

	private ThreadDeadline(Runnable expired) {
		this.expired = expired;
	}

	/**
	 * Runs a task on this thread. A result is returned even if it is late.
	 * @param timer interrupts the thread
	 * @param limit the time until then; null without limit
	 * @param message the message of the exception
	 * @param task the task
	 * @throws HttpTimeoutException if the task failed after it was interrupted
	 * @throws X the exception of the task
	 */
	static <T, X extends Exception> T run(Timer timer, @Nullable Duration limit, Supplier<String> message,
			Task<T, X> task) throws X, HttpTimeoutException {
		return (limit != null) ? run(timer, limit, message, () -> {
		}, task) : task.run();
	}

	/**
	 * Runs a task on this thread. A result is returned even if it is late.
	 * @param timer interrupts the thread
	 * @param limit the time until then
	 * @param message the message of the exception
	 * @param expired is called when the thread is interrupted; must not block
	 * @param task the task
	 * @throws HttpTimeoutException if the task failed after it was interrupted
	 * @throws X the exception of the task
	 */
	static <T, X extends Exception> T run(Timer timer, Duration limit, Supplier<String> message, Runnable expired,
			Task<T, X> task) throws X, HttpTimeoutException {
		ThreadDeadline deadline = new ThreadDeadline(expired);
		Timer.Scheduled scheduled = timer.schedule(deadline::interrupt, limit);
		try {
			return task.run();
		}
		catch (Exception ex) {
			if (deadline.end()) {
				HttpTimeoutException late = new HttpTimeoutException(message.get());
				late.initCause(ex);
				throw late;
			}
			throw ex;
		}
		finally {
			deadline.end();
			scheduled.cancel();
		}
	}

	private synchronized void interrupt() {
		if (!this.ended) {
			this.interrupted = true;
			this.thread.interrupt();
			this.expired.run();
		}
	}

	/**
	 * Ends the deadline and clears its interrupt.
	 * @return whether the thread was interrupted
	 */
	private synchronized boolean end() {
		if (!this.ended) {
			this.ended = true;
			if (this.interrupted) {
				Thread.interrupted();
			}
		}
		return this.interrupted;
	}

	/**
	 * A task that may block.
	 *
	 * @param <T> the type of the result
	 * @param <X> the type of the exception
	 */
	interface Task<T, X extends Exception> {

		T run() throws X;

	}

}
