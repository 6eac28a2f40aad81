package dev.cloudmap.discovery.loadbalancer.adapter;

import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.loadbalancer.call.Call;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Interrupts a thread that is still blocked at its deadline, or that waits for an
 * unresponsive instance. The timeouts of most clients are the same for all services, and
 * fixed when the client is created. The thread is not interrupted after the task has
 * ended, and an interrupt by another party is kept.
 */
final class ThreadDeadline {

	private final InterruptSensor interrupts = new InterruptSensor();

	private final BooleanSupplier abort;

	private boolean ended;

	/** Whether the connection was closed, with that of an answer that has come late. */
	private boolean aborted;

	/** The reason of the interrupt; null without one. Does not change after the end. */
	private @Nullable Supplier<? extends HttpTimeoutException> reason;

	/** Whether another party has interrupted the thread, too. */
	private boolean interruptedByOthers;

	private ThreadDeadline(BooleanSupplier abort) {
		this.abort = abort;
	}

	/**
	 * Runs a task on this thread. A result is returned even if it is late.
	 * @param timer interrupts the thread
	 * @param limit the time until then
	 * @param message the message of the exception
	 * @param abort is called when the thread is interrupted; must not block
	 * @param task the task
	 * @throws HttpTimeoutException if the task failed after it was interrupted
	 * @throws X the exception of the task
	 */
	static <T, X extends Exception> T run(Timer timer, Duration limit, Supplier<String> message, Runnable abort,
			Task<T, X> task) throws X, HttpTimeoutException {
		return new ThreadDeadline(() -> {
			abort.run();
			return false;
		}).run(timer, limit, () -> new HttpTimeoutException(message.get()), () -> () -> {
		}, task);
	}

	/**
	 * Runs an attempt of a call on this thread until the end of the call's time, or until
	 * it is abandoned. A result is returned even if it is late, unless the client library
	 * has closed its connection.
	 * @param timer interrupts the thread
	 * @param call the call
	 * @param task sends the request and waits for the answer
	 * @throws HttpTimeoutException if the task failed after it was interrupted
	 * @throws X the exception of the task
	 */
	static <T, X extends Exception> T attempt(Timer timer, Call call, Task<T, X> task) throws X, HttpTimeoutException {
		ThreadDeadline deadline = new ThreadDeadline(call::abort);
		return deadline.run(timer, call.remaining(), () -> new HttpTimeoutException(call.lateMessage()),
				() -> call.await(() -> Call.Body.REPEATABLE, () -> deadline.interrupt(call::abandoned)), task);
	}

	private <T, X extends Exception> T run(Timer timer, @Nullable Duration limit,
			Supplier<? extends HttpTimeoutException> late, Supplier<Runnable> begin, Task<T, X> task)
			throws X, HttpTimeoutException {
		this.interrupts.start();
		Runnable end = begin.get();
		Timer.@Nullable Scheduled scheduled = null;
		try {
			requireResponsive();
			scheduled = (limit != null) ? timer.schedule(() -> interrupt(late), limit) : null;
			T result = task.run();
			requireConnection();
			return result;
		}
		catch (Exception ex) {
			HttpTimeoutException failure = end();
			if (failure != null) {
				failure.initCause(ex);
				throw failure;
			}
			throw ex;
		}
		finally {
			end();
			if (scheduled != null) {
				scheduled.cancel();
			}
			end.run();
		}
	}

	/** The instance may have become unresponsive before the request is sent. */
	private synchronized void requireResponsive() throws HttpTimeoutException {
		if (this.reason != null) {
			throw this.reason.get();
		}
	}

	/** An answer whose connection was closed cannot be read. */
	private void requireConnection() throws HttpTimeoutException {
		HttpTimeoutException failure = end();
		if (failure != null && this.aborted) {
			throw failure;
		}
	}

	private synchronized void interrupt(Supplier<? extends HttpTimeoutException> reason) {
		if (!this.ended && this.reason == null) {
			this.reason = reason;
			this.interrupts.interrupt();
			this.aborted = this.abort.getAsBoolean();
		}
	}

	/**
	 * Ends the deadline and clears its interrupt.
	 * @return the exception of the interrupt; null if there was none, or another party
	 * has interrupted the thread, too
	 */
	private @Nullable HttpTimeoutException end() {
		if (endFirst()) {
			if (this.reason != null) {
				this.interruptedByOthers = this.interrupts.clear();
			}
			else {
				this.interrupts.stop();
			}
		}
		return (this.reason != null && !this.interruptedByOthers) ? this.reason.get() : null;
	}

	private synchronized boolean endFirst() {
		boolean first = !this.ended;
		this.ended = true;
		return first;
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
