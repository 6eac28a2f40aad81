package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.thread.Timer;

/**
 * Runs one lookup at a time. A trigger advances the next lookup; if a lookup is running,
 * another one follows. Thread-safe. The lock is never held during a lookup.
 */
final class LookupLoop {

	/**
	 * The repeated operation.
	 */
	interface Lookup {

		/**
		 * The time until the next lookup; zero or less if it is due.
		 */
		Duration remaining();

		/**
		 * Starts a lookup. Calls do not overlap, and the previous lookup has completed.
		 * @param trigger the reason
		 * @return the time until the next call of {@link #remaining()}; never fails
		 */
		CompletionStage<Duration> begin(RefreshTrigger trigger);

	}

	/** Timers may fire early by up to their resolution. */
	private static final Duration TIMER_TOLERANCE = Duration.ofMillis(1);

	private final Timer timer;

	private final Lookup lookup;

	private boolean running;

	private boolean stopped;

	/** When the last lookup started. */
	private Instant lastStart = Instant.MIN;

	/** The reason of the triggered lookup; null if none is triggered. */
	private @Nullable RefreshTrigger trigger;

	/** When the triggered lookup is due; MAX if none is. */
	private Instant triggerDue = Instant.MAX;

	/** When the timer calls this loop; MAX if it is not scheduled. */
	private Instant wakeTime = Instant.MAX;

	private Timer.Scheduled wakeTask = () -> {
	};

	/**
	 * The number of the current wake task; a task with another number was cancelled too
	 * late and is ignored.
	 */
	private long wakeNumber;

	LookupLoop(Timer timer, Lookup lookup) {
		this.timer = timer;
		this.lookup = lookup;
	}

	/**
	 * Starts the first lookup.
	 * @return false if the loop was stopped before
	 */
	boolean start() {
		begin();
		synchronized (this) {
			return !this.stopped;
		}
	}

	/**
	 * Triggers a lookup that starts after this call: at once, but not before the minimum
	 * interval of the trigger has passed since the last start.
	 * @param trigger the reason
	 */
	synchronized void trigger(RefreshTrigger trigger) {
		Instant now = this.timer.steady();
		Duration passed = this.lastStart.equals(Instant.MIN) ? trigger.minInterval()
				: Duration.between(this.lastStart, now);
		Duration wait = trigger.minInterval().minus(passed);
		Instant due = wait.isNegative() ? now : now.plus(wait);
		this.trigger = (this.trigger == RefreshTrigger.CHANGE) ? RefreshTrigger.CHANGE : trigger;
		if (due.isBefore(this.triggerDue)) {
			this.triggerDue = due;
		}
		if (!this.running) {
			scheduleWake(this.triggerDue, now);
		}
	}

	/**
	 * Stops the loop.
	 */
	synchronized void stop() {
		this.stopped = true;
		this.wakeTask.cancel();
	}

	private synchronized void scheduleWake(Instant due, Instant now) {
		if (this.stopped || !due.isBefore(this.wakeTime)) {
			return;
		}
		this.wakeTask.cancel();
		this.wakeTime = due;
		long number = ++this.wakeNumber;
		Duration delay = Duration.between(now, this.wakeTime);
		this.wakeTask = this.timer.schedule(() -> wake(number), delay.isNegative() ? Duration.ZERO : delay);
	}

	private void wake(long number) {
		boolean triggered;
		synchronized (this) {
			if (this.stopped || this.running || number != this.wakeNumber) {
				return;
			}
			this.wakeTime = Instant.MAX;
			triggered = !this.triggerDue.isAfter(this.timer.steady().plus(TIMER_TOLERANCE));
		}
		Duration remaining = triggered ? Duration.ZERO : this.lookup.remaining();
		if (remaining.compareTo(Duration.ZERO) > 0) {
			sleep(remaining);
		}
		else {
			begin();
		}
	}

	private synchronized void sleep(Duration remaining) {
		Instant now = this.timer.steady();
		Instant next = now.plus(remaining);
		scheduleWake(this.triggerDue.isBefore(next) ? this.triggerDue : next, now);
	}

	private void begin() {
		RefreshTrigger trigger;
		synchronized (this) {
			if (this.stopped || this.running) {
				return;
			}
			this.running = true;
			this.lastStart = this.timer.steady();
			trigger = (this.trigger != null) ? this.trigger : RefreshTrigger.TIME;
			this.trigger = null;
			this.triggerDue = Instant.MAX;
			this.wakeTime = Instant.MAX;
			this.wakeTask.cancel();
			this.wakeNumber++;
		}
		var unused = this.lookup.begin(trigger).thenAccept(this::ended);
	}

	private synchronized void ended(Duration remaining) {
		this.running = false;
		sleep(remaining);
	}

}
