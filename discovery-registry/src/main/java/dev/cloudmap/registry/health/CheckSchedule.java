package dev.cloudmap.registry.health;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.time.Scheduler;

/**
 * Schedules checks: each one an interval after its last start, with a maximum number of
 * concurrent checks.
 */
final class CheckSchedule implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(CheckSchedule.class);

	/** The checks that are due, the one that waits longest first. */
	private final Set<Entry> due = new LinkedHashSet<>();

	private final Set<Entry> running = new HashSet<>();

	private final Scheduler scheduler;

	private final Duration interval;

	private final int maxRunning;

	private boolean starting;

	private boolean closed;

	CheckSchedule(Scheduler scheduler, Duration interval, int maxRunning) {
		this.scheduler = scheduler;
		this.interval = interval;
		this.maxRunning = maxRunning;
	}

	/**
	 * Adds a check. It never starts on the calling thread.
	 * @param check the check
	 * @param delay the delay of its first start
	 * @return the entry, for {@link #remove}
	 */
	synchronized Entry add(Check check, Duration delay) {
		Entry entry = new Entry(check);
		entry.timer = this.scheduler.schedule(delay, () -> start(entry));
		return entry;
	}

	/**
	 * Removes and cancels a check.
	 * @param entry the entry of the check
	 */
	void remove(Entry entry) {
		CompletableFuture<CheckResult> attempt;
		synchronized (this) {
			entry.removed = true;
			entry.timer.cancel();
			this.due.remove(entry);
			attempt = entry.attempt;
		}
		cancel(attempt);
	}

	@Override
	public void close() {
		List<CompletableFuture<CheckResult>> attempts;
		synchronized (this) {
			this.closed = true;
			this.due.clear();
			attempts = this.running.stream().map((entry) -> entry.attempt).toList();
		}
		attempts.forEach(CheckSchedule::cancel);
	}

	/**
	 * Cancels an attempt without holding the lock, because callbacks run.
	 */
	private static void cancel(@Nullable CompletableFuture<CheckResult> attempt) {
		if (attempt != null) {
			attempt.cancel(false);
		}
	}

	/**
	 * Starts a check as soon as there are fewer running checks than the maximum.
	 */
	private synchronized void start(Entry entry) {
		if (isOver(entry)) {
			return;
		}
		this.due.add(entry);
		startDue();
	}

	private void startDue() {
		// A check that ends at once calls this method within the loop below.
		if (this.starting) {
			return;
		}
		this.starting = true;
		while (this.running.size() < this.maxRunning && !this.due.isEmpty()) {
			begin(this.due.iterator().next());
		}
		this.starting = false;
	}

	@SuppressWarnings("FutureReturnValueIgnored") // what matters is in the callback
	private void begin(Entry entry) {
		this.due.remove(entry);
		this.running.add(entry);
		entry.startedAt = this.scheduler.nanoTime();
		CompletableFuture<CheckResult> attempt = begin(entry.check);
		entry.attempt = attempt;
		attempt.whenComplete((result, failure) -> ended(entry, result, failure));
	}

	private static CompletableFuture<CheckResult> begin(Check check) {
		try {
			return check.begin();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private void ended(Entry entry, @Nullable CheckResult result, @Nullable Throwable failure) {
		// Before the next attempt starts, so that results stay in order.
		if (!isOver(entry)) {
			report(entry, result, failure);
		}
		synchronized (this) {
			this.running.remove(entry);
			entry.attempt = null;
			Duration delay = this.interval.minusNanos(this.scheduler.nanoTime() - entry.startedAt);
			if (!isOver(entry) && delay.toNanos() > 0) {
				entry.timer = this.scheduler.schedule(delay, () -> start(entry));
			}
			else if (!isOver(entry)) {
				this.due.add(entry);
			}
			startDue();
		}
	}

	private static void report(Entry entry, @Nullable CheckResult result, @Nullable Throwable failure) {
		if (result == null) {
			logger.warn("A health check failed with an exception", failure);
			return;
		}
		try {
			entry.check.completed(result);
		}
		catch (RuntimeException ex) {
			logger.error("The registry failed to process the result of a health check", ex);
		}
	}

	private synchronized boolean isOver(Entry entry) {
		return this.closed || entry.removed;
	}

	/**
	 * A repeated check.
	 */
	interface Check {

		/**
		 * Starts an attempt. Does not block.
		 * @return the result; cancelling it cancels the attempt
		 */
		CompletableFuture<CheckResult> begin();

		/**
		 * Processes the result of an attempt, before the next one starts.
		 * @param result the result
		 */
		void completed(CheckResult result);

	}

	/**
	 * A check and the timer of its next start.
	 */
	static final class Entry {

		private final Check check;

		private Scheduler.Timer timer = () -> {
		};

		private long startedAt;

		private boolean removed;

		private @Nullable CompletableFuture<CheckResult> attempt;

		private Entry(Check check) {
			this.check = check;
		}

	}

}
