package dev.cloudmap.registry.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A scheduler with the time of the system and one thread.
 */
public final class SystemScheduler implements Scheduler, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(SystemScheduler.class);

	private static final Duration TERMINATION_TIMEOUT = Duration.ofSeconds(5);

	private final ScheduledThreadPoolExecutor executor;

	/**
	 * Creates a scheduler. Its thread starts with the first task.
	 */
	public SystemScheduler() {
		this.executor = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "registry-timer");
			thread.setDaemon(true);
			return thread;
		});
		this.executor.setRemoveOnCancelPolicy(true);
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
		try {
			task.run();
		}
		catch (RuntimeException ex) {
			logger.error("A scheduled task failed", ex);
		}
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
		try {
			this.executor.awaitTermination(TERMINATION_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
