package dev.cloudmap.registry.state;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine's own time, with one thread to run what is due.
 */
public final class SystemTimeline implements Timeline, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(SystemTimeline.class);

	private static final Duration TERMINATION_TIMEOUT = Duration.ofSeconds(5);

	private final ScheduledThreadPoolExecutor executor;

	/**
	 * Creates a timeline, whose thread starts with the first task.
	 */
	public SystemTimeline() {
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
	public Alarm schedule(Duration delay, Runnable task) {
		try {
			Future<?> future = this.executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
			return () -> future.cancel(false);
		}
		catch (RejectedExecutionException ex) {
			// The registry is closing and nothing is due any more.
			return () -> {
			};
		}
	}

	private void run(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException ex) {
			logger.error("A task of the registry failed", ex);
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
