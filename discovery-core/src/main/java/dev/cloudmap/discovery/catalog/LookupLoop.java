package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.thread.Timer;

/**
 * One look-up after the other: one is under way or the next has its time, and what
 * prompts another one meanwhile brings that forward or makes one follow. Nothing is done
 * under its lock but to note what is next.
 */
final class LookupLoop {

	/**
	 * What is done again and again.
	 */
	interface Lookup {

		/**
		 * For how long there is nothing to do; zero or less if it is time.
		 */
		Duration rest();

		/**
		 * Looks up. Is called by one thread at a time, and not before the last one has
		 * ended.
		 * @param trigger why
		 * @return after which time to ask for the {@link #rest()}; never fails
		 */
		CompletionStage<Duration> begin(RefreshTrigger trigger);

	}

	/** Timers count in milliseconds, and may wake as much too early. */
	private static final Duration TICK = Duration.ofMillis(1);

	/** No timer is that late; and it is not set anew with each of many prompts. */
	private static final Duration OVERDUE = Duration.ofSeconds(1);

	private final Timer timer;

	private final Lookup lookup;

	private boolean underWay;

	private boolean stopped;

	/** When the last look-up began. */
	private Instant began = Instant.MIN;

	/** Why there is another look-up to make, whatever the rest; null if there is none. */
	private @Nullable RefreshTrigger trigger;

	private Instant prompted = Instant.MAX;

	/** When the timer wakes this loop; MAX if it doesn't. */
	private Instant waking = Instant.MAX;

	private Timer.Scheduled alarm = () -> {
	};

	/** Tells the alarm that counts from one that came too late to be taken back. */
	private long alarms;

	LookupLoop(Timer timer, Lookup lookup) {
		this.timer = timer;
		this.lookup = lookup;
	}

	/**
	 * Looks up, now and from now on.
	 * @return false if it was stopped before
	 */
	boolean start() {
		begin();
		synchronized (this) {
			return !this.stopped;
		}
	}

	/**
	 * Looks up soon: at once, but not too soon after the last one began, and never
	 * without a look-up that begins after this call.
	 * @param trigger why
	 */
	synchronized void trigger(RefreshTrigger trigger) {
		Instant now = this.timer.now();
		Duration passed = this.began.equals(Instant.MIN) ? trigger.apart() : Duration.between(this.began, now);
		// a clock that was set back makes nobody wait for longer
		Duration wait = passed.isNegative() ? trigger.apart() : trigger.apart().minus(passed);
		Instant due = wait.isNegative() ? now : now.plus(wait);
		this.trigger = (this.trigger == RefreshTrigger.CHANGE) ? RefreshTrigger.CHANGE : trigger;
		if (due.isBefore(this.prompted)) {
			this.prompted = due;
		}
		if (!this.underWay) {
			wakeAt(this.prompted, now);
		}
	}

	/**
	 * Looks up no more.
	 */
	synchronized void stop() {
		this.stopped = true;
		this.alarm.cancel();
	}

	private synchronized void wakeAt(Instant due, Instant now) {
		// the clock was set ahead since: the alarm is still to come
		boolean overdue = this.waking.isBefore(now.minus(OVERDUE));
		if (this.stopped || (!due.isBefore(this.waking) && !overdue)) {
			return;
		}
		this.alarm.cancel();
		this.waking = overdue ? now : due;
		long number = ++this.alarms;
		Duration delay = Duration.between(now, this.waking);
		this.alarm = this.timer.schedule(() -> wake(number), delay.isNegative() ? Duration.ZERO : delay);
	}

	private void wake(long number) {
		boolean prompted;
		synchronized (this) {
			if (this.stopped || this.underWay || number != this.alarms) {
				return;
			}
			this.waking = Instant.MAX;
			prompted = !this.prompted.isAfter(this.timer.now().plus(TICK));
		}
		Duration rest = prompted ? Duration.ZERO : this.lookup.rest();
		if (rest.compareTo(Duration.ZERO) > 0) {
			sleep(rest);
		}
		else {
			begin();
		}
	}

	private synchronized void sleep(Duration rest) {
		Instant now = this.timer.now();
		Instant next = now.plus(rest);
		wakeAt(this.prompted.isBefore(next) ? this.prompted : next, now);
	}

	private void begin() {
		RefreshTrigger trigger;
		synchronized (this) {
			if (this.stopped || this.underWay) {
				return;
			}
			this.underWay = true;
			this.began = this.timer.now();
			trigger = (this.trigger != null) ? this.trigger : RefreshTrigger.TIME;
			this.trigger = null;
			this.prompted = Instant.MAX;
			this.waking = Instant.MAX;
			this.alarm.cancel();
			this.alarms++;
		}
		var unused = this.lookup.begin(trigger).thenAccept(this::ended);
	}

	private synchronized void ended(Duration rest) {
		this.underWay = false;
		sleep(rest);
	}

}
