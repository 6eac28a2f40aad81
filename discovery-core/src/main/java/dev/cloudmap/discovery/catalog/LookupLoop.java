package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.change.ChangeSignal.Coverage;
import dev.cloudmap.discovery.change.ChangeSignal.Subscription;
import dev.cloudmap.discovery.change.NoSignal;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Looks something up repeatedly, one lookup at a time, and subscribes to its changes. A
 * trigger advances the next lookup; if a lookup is running, another one follows.
 * Thread-safe. The lock is never held during a lookup.
 *
 * @param <T> the result of a lookup
 */
final class LookupLoop<T> {

	/**
	 * The repeated lookup. Calls do not overlap, except those of {@code remaining}.
	 *
	 * @param remaining returns the time until the next lookup; zero or less if it is due
	 * @param start starts a lookup for a reason
	 * @param succeeded applies the result and returns the time until the next call of
	 * {@code remaining}
	 * @param failed applies a failure and returns the same time; receives the delay of
	 * the back-off
	 */
	record Lookup<T>(Supplier<Duration> remaining, Function<RefreshTrigger, CompletionStage<T>> start,
			BiFunction<T, RefreshTrigger, Duration> succeeded,
			BiFunction<DiscoveryException, Duration, Duration> failed) {
	}

	private static final Logger logger = LoggerFactory.getLogger(LookupLoop.class);

	/** Timers may fire early by up to their resolution. */
	private static final Duration TIMER_TOLERANCE = Duration.ofMillis(1);

	private final Object subject;

	private final Timer timer;

	private final Duration timeout;

	private final Lookup<T> lookup;

	private volatile Subscription changes = NoSignal.SILENT;

	/** The delay after the next failure. */
	private volatile Backoff backoff = Backoff.first();

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

	/**
	 * Creates the loop.
	 * @param subject what is looked up, for messages
	 * @param timeout the timeout of a lookup
	 */
	LookupLoop(Object subject, Timer timer, Duration timeout, Lookup<T> lookup) {
		this.subject = subject;
		this.timer = timer;
		this.timeout = timeout;
		this.lookup = lookup;
	}

	/**
	 * Subscribes to changes and starts the first lookup.
	 * @param signal subscribes to changes
	 * @return false if the loop was stopped before
	 */
	boolean start(Supplier<Subscription> signal) {
		try {
			// before the first lookup, so that no change is missed
			this.changes = signal.get();
		}
		catch (RuntimeException ex) {
			logger.error("Could not subscribe to changes of {}", this.subject, ex);
		}
		begin();
		synchronized (this) {
			if (!this.stopped) {
				return true;
			}
		}
		// stopped before the subscription existed
		unsubscribe();
		return false;
	}

	/**
	 * The coverage of change notifications.
	 */
	Coverage coverage() {
		try {
			return this.changes.coverage();
		}
		catch (RuntimeException ex) {
			logger.debug("The coverage of change notifications for {} is unknown", this.subject, ex);
			return Coverage.NONE;
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
	 * Stops the loop and ends the subscription.
	 */
	void stop() {
		synchronized (this) {
			this.stopped = true;
			this.wakeTask.cancel();
		}
		unsubscribe();
	}

	private void unsubscribe() {
		try {
			this.changes.close();
		}
		catch (RuntimeException ex) {
			logger.error("Could not close the subscription to changes of {}", this.subject, ex);
		}
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
		Duration remaining = this.lookup.remaining().get();
		if (triggered || remaining.compareTo(Duration.ZERO) <= 0) {
			begin();
		}
		else {
			sleep(remaining);
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
		// an exception of the lookup is handled as a failure
		var unused = CompletableFuture.completedFuture(trigger)
			.thenCompose(this.lookup.start())
			.orTimeout(this.timeout.toMillis(), TimeUnit.MILLISECONDS)
			.handle((found, failure) -> (found != null) ? succeeded(found, trigger) : failed(failure))
			.exceptionally((ex) -> {
				logger.error("The result of a lookup of {} could not be applied", this.subject, ex);
				return failed(ex);
			})
			.thenAccept(this::ended);
	}

	private Duration succeeded(T found, RefreshTrigger trigger) {
		this.backoff = Backoff.first();
		return this.lookup.succeeded().apply(found, trigger);
	}

	private Duration failed(Throwable failure) {
		Duration delay = this.backoff.delay();
		this.backoff = this.backoff.next();
		return this.lookup.failed().apply(translate(Futures.cause(failure)), delay);
	}

	private DiscoveryException translate(Throwable cause) {
		if (cause instanceof DiscoveryException failure) {
			return failure;
		}
		return (cause instanceof TimeoutException)
				? new RegistryUnavailableException("The lookup of " + this.subject + " timed out after "
						+ this.timeout.toMillis() + " ms (discovery.lookup.timeout)", cause)
				: new DiscoveryException("The lookup of " + this.subject + " failed: " + cause, cause);
	}

	private synchronized void ended(Duration remaining) {
		this.running = false;
		sleep(remaining);
	}

}
