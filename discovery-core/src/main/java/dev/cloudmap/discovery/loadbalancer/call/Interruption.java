package dev.cloudmap.discovery.loadbalancer.call;

import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.Callable;

import dev.cloudmap.discovery.thread.Timer;

/**
 * Ends what blocks a thread for too long, by interrupting it. The clients' own time-outs
 * are the same for all services, and most cannot be changed once a client is there.
 */
final class Interruption {

	private final Thread thread = Thread.currentThread();

	private boolean ended;

	private boolean interrupted;

	private Interruption() {
	}

	/**
	 * Waits for a call's answer, on the caller's thread, for as long as the call may
	 * take.
	 * @param call the call; not null
	 * @param timer interrupts the thread; not null
	 * @param answer waits for the answer; not null
	 * @return the answer
	 * @throws HttpTimeoutException if it took too long
	 * @throws Exception what waiting throws
	 */
	static <T> T await(Call call, Timer timer, Callable<T> answer) throws Exception {
		Duration remaining = call.remaining();
		if (remaining == null) {
			return answer.call();
		}
		try {
			return after(timer, remaining, answer);
		}
		catch (InterruptedBecauseLate ex) {
			HttpTimeoutException late = new HttpTimeoutException(call.lateMessage());
			late.initCause(ex.getCause());
			throw late;
		}
	}

	/**
	 * Does something that may block, on the caller's thread.
	 * @param timer interrupts it; not null
	 * @param limit after which time; not null
	 * @param task what to do; not null
	 * @return what it gives; it is not held against it that it was late after all
	 * @throws InterruptedBecauseLate if it was interrupted
	 * @throws Exception what the task throws
	 */
	static <T> T after(Timer timer, Duration limit, Callable<T> task) throws Exception {
		Interruption interruption = new Interruption();
		Timer.Scheduled scheduled = timer.schedule(interruption::interrupt, limit);
		try {
			return task.call();
		}
		catch (Exception ex) {
			throw interruption.end() ? new InterruptedBecauseLate(ex) : ex;
		}
		finally {
			interruption.end();
			scheduled.cancel();
		}
	}

	private synchronized void interrupt() {
		if (!this.ended) {
			this.interrupted = true;
			this.thread.interrupt();
		}
	}

	/**
	 * From now on the thread is not interrupted, and it is as if it had not been.
	 * @return whether it was
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
	 * Something was interrupted because it took too long.
	 */
	static final class InterruptedBecauseLate extends Exception {

		private static final long serialVersionUID = 1L;

		InterruptedBecauseLate(Exception cause) {
			super(cause);
		}

	}

}
