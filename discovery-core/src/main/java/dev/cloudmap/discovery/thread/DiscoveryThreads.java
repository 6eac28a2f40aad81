package dev.cloudmap.discovery.thread;

import java.time.Duration;
import java.time.Instant;
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
 * The threads of the library: one that keeps time, a few that wait for the registry, two
 * that take the answers of DNS, one that registers, one that checks this application's
 * health, one that receives changes, one that runs the application's listeners, and two
 * that ask other discovery clients. Only the sockets of DNS queries and of the queries
 * for changes have one of their own. It is deliberately no executor itself, so that it
 * stands in for none of the application's.
 */
public final class DiscoveryThreads implements AutoCloseable {

	private static final int LOOKUP_THREADS = 4;

	/** One may be held up by a host's name that is hard to resolve. */
	private static final int ANSWER_THREADS = 2;

	/** A client that does not answer must not delay the answers of the others. */
	private static final int CLIENT_THREADS = 2;

	private static final int MAX_WAITING_LOOKUPS = 10_000;

	private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

	private static final Logger logger = LoggerFactory.getLogger(DiscoveryThreads.class);

	private final Instant begun = Instant.now();

	private final long begunNanos = System.nanoTime();

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
	 * Keeps time. Its one thread is never to be blocked.
	 */
	public Timer timer() {
		return new Timer() {

			@Override
			public Instant now() {
				return Instant.now();
			}

			@Override
			public Instant steady() {
				return DiscoveryThreads.this.begun.plusNanos(System.nanoTime() - DiscoveryThreads.this.begunNanos);
			}

			@Override
			public Scheduled schedule(Runnable task, Duration delay) {
				return later(task, delay);
			}

		};
	}

	/**
	 * Runs look-ups, which may block.
	 */
	public Executor lookups() {
		return this.lookups;
	}

	/**
	 * Runs what is done with the answers of DNS, which has to go on when a registry keeps
	 * all threads waiting.
	 */
	public Executor answers() {
		return this.answers;
	}

	/**
	 * Runs one thing after the other, in order: what is said to the registry about this
	 * application.
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
	 * Receives the changes that registries report. Its one thread must not be blocked.
	 */
	public Executor changes() {
		return this.changes;
	}

	/**
	 * Runs the application's listeners, one after the other. They may block.
	 */
	public Executor listeners() {
		return this.listeners;
	}

	/**
	 * Asks other discovery clients, which may block.
	 */
	public Executor clients() {
		return this.clients;
	}

	private Timer.Scheduled later(Runnable task, Duration delay) {
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
			logger.debug("Nothing is scheduled any more: the application is stopping");
			return () -> {
			};
		}
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
		this.lookups.shutdownNow();
		this.answers.shutdownNow();
		this.registration.shutdownNow();
		this.health.shutdownNow();
		this.changes.shutdownNow();
		this.listeners.shutdownNow();
		this.clients.shutdownNow();
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
