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
	private final Set<Check> due = new LinkedHashSet<>();

	private final Set<Check> running = new HashSet<>();

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
	 */
	synchronized void add(Check check, Duration delay) {
		check.timer = this.scheduler.schedule(delay, () -> start(check));
	}

	/**
	 * Removes and cancels a check.
	 * @param check the check
	 */
	void remove(Check check) {
		CompletableFuture<CheckResult> attempt;
		synchronized (this) {
			check.removed = true;
			check.timer.cancel();
			this.due.remove(check);
			attempt = check.attempt;
		}
		cancel(attempt);
	}

	@Override
	public void close() {
		List<CompletableFuture<CheckResult>> attempts;
		synchronized (this) {
			this.closed = true;
			this.due.clear();
			attempts = this.running.stream().map((check) -> check.attempt).toList();
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
	private synchronized void start(Check check) {
		if (isOver(check)) {
			return;
		}
		this.due.add(check);
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
	private void begin(Check check) {
		this.due.remove(check);
		this.running.add(check);
		check.startedAt = this.scheduler.nanoTime();
		CompletableFuture<CheckResult> attempt = attempt(check);
		check.attempt = attempt;
		attempt.whenComplete((result, failure) -> ended(check, result, failure));
	}

	private static CompletableFuture<CheckResult> attempt(Check check) {
		try {
			return check.begin();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private void ended(Check check, @Nullable CheckResult result, @Nullable Throwable failure) {
		// Before the next attempt starts, so that results stay in order.
		if (!isOver(check)) {
			report(check, result, failure);
		}
		synchronized (this) {
			this.running.remove(check);
			check.attempt = null;
			Duration delay = this.interval.minusNanos(this.scheduler.nanoTime() - check.startedAt);
			if (!isOver(check) && delay.toNanos() > 0) {
				check.timer = this.scheduler.schedule(delay, () -> start(check));
			}
			else if (!isOver(check)) {
				this.due.add(check);
			}
			startDue();
		}
	}

	private static void report(Check check, @Nullable CheckResult result, @Nullable Throwable failure) {
		if (result == null) {
			logger.warn("A health check failed with an exception", failure);
			return;
		}
		try {
			check.completed(result);
		}
		catch (RuntimeException ex) {
			logger.error("The registry failed to process the result of a health check", ex);
		}
	}

	private synchronized boolean isOver(Check check) {
		return this.closed || check.removed;
	}

	/**
	 * A repeated check.
	 */
	abstract static class Check {

		private Scheduler.Timer timer = () -> {
		};

		private long startedAt;

		private boolean removed;

		private @Nullable CompletableFuture<CheckResult> attempt;

		/**
		 * Starts an attempt. Does not block.
		 * @return the result; cancelling it cancels the attempt
		 */
		abstract CompletableFuture<CheckResult> begin();

		/**
		 * Processes the result of an attempt, before the next one starts.
		 * @param result the result
		 */
		abstract void completed(CheckResult result);

	}

}
