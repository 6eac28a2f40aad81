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
 * Decides when checks run: each one an interval after it last started, only so many at a
 * time, and of those that are due the one that has waited longest. There is one timer,
 * for the next that is due, however many checks there are.
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
	 * @param check what to run
	 * @param delay how long until it runs first
	 * @return what removes it again
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
	 * Removes a check, and ends it if it is under way.
	 * @param entry what {@link #add} gave for it
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
	 * Cancels without the lock, for what ends with the attempt may be anything.
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
		// A check that ends at once comes here again while the loop below still runs,
		// which then sees to the rest.
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
		attempt.whenComplete((finding, failure) -> ended(entry, finding, failure));
	}

	private static CompletableFuture<CheckResult> begin(Check check) {
		try {
			return check.begin();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private void ended(Entry entry, @Nullable CheckResult finding, @Nullable Throwable failure) {
		// Before the next attempt can begin, so that findings come in their order.
		if (!isOver(entry)) {
			tell(entry, finding, failure);
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

	private static void tell(Entry entry, @Nullable CheckResult finding, @Nullable Throwable failure) {
		if (finding == null) {
			// Of the instance nothing was learned.
			logger.warn("A health check could not be carried out", failure);
			return;
		}
		try {
			entry.check.found(finding);
		}
		catch (RuntimeException ex) {
			logger.error("What a health check found could not be judged", ex);
		}
	}

	private synchronized boolean isOver(Entry entry) {
		return this.closed || entry.removed;
	}

	private void setTimer(long now) {
		if (this.waiting.isEmpty() || this.running.size() >= this.maxRunning) {
			// The next to be added, or to end, comes here again.
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
	 * By difference, for nanosecond clocks may overflow.
	 */
	private static int compare(Entry one, Entry other) {
		int byTime = Long.signum(one.due - other.due);
		return (byTime != 0) ? byTime : Long.compare(one.sequence, other.sequence);
	}

	/**
	 * What is to be run again and again.
	 */
	interface Check {

		/**
		 * Begins an attempt, and does not wait.
		 * @return what it finds; cancelled when it is not wanted any more
		 */
		CompletableFuture<CheckResult> begin();

		/**
		 * Takes what an attempt has found, before the next one begins.
		 * @param finding what it has found
		 */
		void found(CheckResult finding);

	}

	/**
	 * A check and when it is due.
	 */
	static final class Entry {

		private final Check check;

		/** Tells apart those that are due at the same time. */
		private final long sequence;

		/** Never changed while the entry waits, which its place depends on. */
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
