package dev.cloudmap.discovery.thread;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread pools of the library: for the timer, blocking lookups, DNS answers,
 * registration, health checks, change notifications, the application's listeners and
 * other discovery clients. Only the sockets of DNS queries and of queries for changes
 * have separate threads. This class is not an {@link Executor} itself, so that it does
 * not replace an executor bean of the application. Thread-safe.
 */
public final class DiscoveryThreads implements AutoCloseable {

	private static final int LOOKUP_THREADS = 4;

	/** The resolution of a host name may block one of them. */
	private static final int ANSWER_THREADS = 2;

	/** A client that does not answer must not delay the answers of the others. */
	private static final int CLIENT_THREADS = 2;

	private static final int MAX_WAITING_LOOKUPS = 10_000;

	private static final Duration KEEP_ALIVE = Duration.ofSeconds(1);

	/**
	 * A servlet container reports threads that outlive the application. A thread that an
	 * interrupt does not end must not delay the end of the application for longer.
	 */
	private static final Duration TERMINATION = Duration.ofMillis(500);

	private static final Logger logger = LoggerFactory.getLogger(DiscoveryThreads.class);

	private final Instant start = Instant.now();

	private final long startNanos = System.nanoTime();

	private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads("discovery-timer"));

	private final ExecutorService lookups = pool(LOOKUP_THREADS, "discovery-lookup");

	private final ExecutorService answers = pool(ANSWER_THREADS, "discovery-answers");

	private final ExecutorService registration = pool(1, "discovery-registration");

	private final ExecutorService health = pool(1, "discovery-health");

	private final ExecutorService changes = pool(1, "discovery-changes");

	private final ExecutorService listeners = pool(1, "discovery-listeners");

	private final ExecutorService clients = pool(CLIENT_THREADS, "discovery-clients");

	public DiscoveryThreads() {
		this.timer.setRemoveOnCancelPolicy(true);
		this.timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	/**
	 * The timer. Its tasks must not block.
	 */
	public Timer timer() {
		return new Timer() {

			@Override
			public Instant now() {
				return Instant.now();
			}

			@Override
			public Instant steady() {
				return DiscoveryThreads.this.start.plusNanos(System.nanoTime() - DiscoveryThreads.this.startNanos);
			}

			@Override
			public Scheduled schedule(Runnable task, Duration delay) {
				return scheduleTask(task, delay);
			}

		};
	}

	/**
	 * Runs lookups that may block.
	 */
	public Executor lookups() {
		return this.lookups;
	}

	/**
	 * Processes DNS answers, independently of a registry that blocks all lookup threads.
	 */
	public Executor answers() {
		return this.answers;
	}

	/**
	 * Runs the registration of this application, one task at a time in order.
	 */
	public Executor registration() {
		return this.registration;
	}

	/**
	 * Checks this application's health, which may block.
	 */
	public Executor health() {
		return this.health;
	}

	/**
	 * Processes change notifications. Its tasks must not block.
	 */
	public Executor changes() {
		return this.changes;
	}

	/**
	 * Runs the application's listeners one at a time. They may block.
	 */
	public Executor listeners() {
		return this.listeners;
	}

	/**
	 * Calls other discovery clients, which may block.
	 */
	public Executor clients() {
		return this.clients;
	}

	private Timer.Scheduled scheduleTask(Runnable task, Duration delay) {
		try {
			ScheduledFuture<?> scheduled = this.timer.schedule(() -> {
				try {
					task.run();
				}
				catch (RuntimeException | Error ex) {
					logger.error("A task of the discovery timer failed", ex);
				}
			}, delay.toNanos(), TimeUnit.NANOSECONDS);
			return () -> scheduled.cancel(false);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Tasks are not scheduled any more: the application is stopping");
			return () -> {
			};
		}
	}

	/**
	 * Interrupts all threads and waits for their end, for half a second at most.
	 */
	@Override
	public void close() {
		List<ExecutorService> pools = List.of(this.timer, this.lookups, this.answers, this.registration, this.health,
				this.changes, this.listeners, this.clients);
		pools.forEach(ExecutorService::shutdownNow);
		long deadline = System.nanoTime() + TERMINATION.toNanos();
		try {
			for (ExecutorService pool : pools) {
				if (!pool.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
					logger.debug("Threads of {} have not ended yet", pool);
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static ExecutorService pool(int size, String name) {
		ThreadPoolExecutor pool = new ThreadPoolExecutor(size, size, KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(MAX_WAITING_LOOKUPS), threads(name));
		pool.allowCoreThreadTimeOut(true);
		return pool;
	}

	private static ThreadFactory threads(String name) {
		AtomicInteger count = new AtomicInteger();
		return (task) -> {
			Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
			thread.setDaemon(true);
			return thread;
		};
	}

}
