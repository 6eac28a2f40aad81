package dev.cloudmap.registry.health;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.time.Scheduler;

/**
 * Schedules checks: each one an interval after its last start, with a maximum number of
 * concurrent checks. There is one timer for all checks.
 */
final class CheckSchedule implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(CheckSchedule.class);

	private static final Comparator<Entry> DUE_FIRST = CheckSchedule::compare;

	private final NavigableSet<Entry> waiting = new TreeSet<>(DUE_FIRST);

	private final Set<Entry> running = new HashSet<>();

	private final Scheduler scheduler;

	private final Duration interval;

	private final int maxRunning;

	private long sequence;

	private boolean starting;

	private boolean closed;

	private Scheduler.@Nullable Timer timer;

	private long timerDue;

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
		long now = this.scheduler.nanoTime();
		Entry entry = new Entry(check, ++this.sequence, now + delay.toNanos());
		if (!this.closed) {
			this.waiting.add(entry);
			setTimer(now);
		}
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
			this.waiting.remove(entry);
			attempt = entry.attempt;
		}
		cancel(attempt);
	}

	@Override
	public void close() {
		List<CompletableFuture<CheckResult>> attempts;
		synchronized (this) {
			this.closed = true;
			this.waiting.clear();
			if (this.timer != null) {
				this.timer.cancel();
				this.timer = null;
			}
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

	private synchronized void timer() {
		this.timer = null;
		startDue();
	}

	private void startDue() {
		// A check that ends at once calls this method within the loop below.
		if (this.starting || this.closed) {
			return;
		}
		this.starting = true;
		long now = this.scheduler.nanoTime();
		while (this.running.size() < this.maxRunning && !this.waiting.isEmpty()
				&& this.waiting.first().due - now <= 0) {
			start(this.waiting.first(), now);
		}
		this.starting = false;
		setTimer(now);
	}

	@SuppressWarnings("FutureReturnValueIgnored") // what matters is in the callback
	private void start(Entry entry, long now) {
		this.waiting.remove(entry);
		this.running.add(entry);
		entry.due = now + this.interval.toNanos();
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
			if (!isOver(entry)) {
				this.waiting.add(entry);
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

	private void setTimer(long now) {
		if (this.waiting.isEmpty() || this.running.size() >= this.maxRunning) {
			// Called again when a check is added or ends.
			return;
		}
		long due = this.waiting.first().due;
		if (this.timer != null) {
			if (this.timerDue - due <= 0) {
				return;
			}
			this.timer.cancel();
		}
		this.timerDue = due;
		this.timer = this.scheduler.schedule(Duration.ofNanos(Math.max(0, due - now)), this::timer);
	}

	/**
	 * Compares by difference, because nanosecond clocks can overflow.
	 */
	private static int compare(Entry one, Entry other) {
		int byTime = Long.signum(one.due - other.due);
		return (byTime != 0) ? byTime : Long.compare(one.sequence, other.sequence);
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
	 * A check and the time of its next start.
	 */
	static final class Entry {

		private final Check check;

		/** Distinguishes checks with the same time. */
		private final long sequence;

		/** Not changed while the entry waits, because the order depends on it. */
		private long due;

		private boolean removed;

		private @Nullable CompletableFuture<CheckResult> attempt;

		private Entry(Check check, long sequence, long due) {
			this.check = check;
			this.sequence = sequence;
			this.due = due;
		}

	}

}
