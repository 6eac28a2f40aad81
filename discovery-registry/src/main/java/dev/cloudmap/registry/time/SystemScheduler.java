package dev.cloudmap.registry.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A scheduler with the time of the system and a thread that it shares.
 */
public final class SystemScheduler implements Scheduler, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(SystemScheduler.class);

	private final ScheduledExecutorService executor;

	private volatile boolean closed;

	/**
	 * Creates a scheduler.
	 * @param executor runs the tasks, one at a time; the caller closes it
	 */
	public SystemScheduler(ScheduledExecutorService executor) {
		this.executor = executor;
	}

	@Override
	public Instant now() {
		return Instant.now();
	}

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public Timer schedule(Duration delay, Runnable task) {
		try {
			Future<?> future = this.executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
			return () -> future.cancel(false);
		}
		catch (RejectedExecutionException ex) {
			// The registry is closed.
			return () -> {
			};
		}
	}

	private void run(Runnable task) {
		if (this.closed) {
			return;
		}
		try {
			task.run();
		}
		catch (RuntimeException ex) {
			logger.error("A scheduled task failed", ex);
		}
	}

	/**
	 * Ends the scheduler: no further task starts.
	 */
	@Override
	public void close() {
		this.closed = true;
	}

}
