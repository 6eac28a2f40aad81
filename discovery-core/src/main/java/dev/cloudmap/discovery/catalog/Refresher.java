package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.change.ChangeSignal.Coverage;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.discovery.thread.Timer;

/**
 * The look-ups of one service: when, and what to make of what they find.
 */
final class Refresher implements LookupLoop.Lookup, ChangeSignal.Listener {

	private static final Logger logger = LoggerFactory.getLogger(Refresher.class);

	/** How much of the time of a lookup may pass before it ends without attributes. */
	private static final int TIME_FOR_ATTRIBUTES_PERCENT = 90;

	private final ServiceName name;

	private final InstanceSource source;

	private final Timer timer;

	private final CatalogSettings settings;

	private final ServiceState state;

	private final InstanceAttributeLookup attributes;

	private final UsageTracker usage;

	private final ChangeSignal signal;

	private final LookupLoop loop;

	/** Called when the service is stopped because it is idle. */
	private volatile Runnable onIdle = () -> {
	};

	/** Null until the first look-up begins, and where the signal failed. */
	private volatile ChangeSignal.@Nullable Subscription changes;

	/** When to look again after the next failure. */
	private volatile Backoff backoff = Backoff.first();

	/** When to look again; null after a failure. */
	private volatile @Nullable RefreshSchedule schedule;

	Refresher(ServiceName name, InstanceSource source, AttributeSource attributes, ChangeSignal signal, Timer timer,
			CatalogSettings settings, ServiceState state, UsageTracker usage) {
		this.name = name;
		this.source = source;
		this.timer = timer;
		this.settings = settings;
		this.state = state;
		this.usage = usage;
		this.signal = signal;
		this.loop = new LookupLoop(timer, this);
		this.attributes = new InstanceAttributeLookup(name, attributes, timer, state::recall,
				() -> this.loop.trigger(RefreshTrigger.ATTRIBUTES));
	}

	/**
	 * Begins to look the service up.
	 * @param onIdle called after the service was stopped because it is idle
	 */
	void start(Runnable onIdle) {
		this.onIdle = onIdle;
		try {
			// before the first look-up, so that no change is missed in between
			this.changes = this.signal.subscribe(this.name, this);
		}
		catch (RuntimeException ex) {
			logger.error("Nobody tells of changes of {}", this.name, ex);
		}
		if (!this.loop.start()) {
			// stopped before there was a subscription to end, and callers wait already
			stop();
			this.state.failed(stopping(this.name), this.timer.now());
		}
	}

	/**
	 * What is said of a service that is not looked up any more.
	 */
	static DiscoveryException stopping(ServiceName name) {
		return new DiscoveryException("Service " + name + " is not looked up: the application is stopping");
	}

	void stop() {
		this.loop.stop();
		ChangeSignal.Subscription changes = this.changes;
		try {
			if (changes != null) {
				changes.close();
			}
		}
		catch (RuntimeException ex) {
			logger.error("The telling of changes of {} could not be ended", this.name, ex);
		}
	}

	/**
	 * An instance could not be reached. Where the registry can't be, that is looked for
	 * no more often for it: the registry is to be spared when it comes back.
	 */
	void suspect() {
		if (this.schedule != null) {
			this.loop.trigger(RefreshTrigger.SUSPICION);
		}
	}

	/**
	 * Never longer than a refresh: whoever tells of changes may have gone meanwhile.
	 */
	@Override
	public Duration rest() {
		Instant now = this.timer.now();
		if (stopIfIdle(now)) {
			return this.settings.refresh();
		}
		RefreshSchedule schedule = this.schedule;
		return (schedule != null) ? rest(schedule, now) : Duration.ZERO;
	}

	private Duration rest(RefreshSchedule schedule, Instant now) {
		Duration rest = Durations.shorter(schedule.rest(coverage(), now), this.attributes.rest(now));
		return Durations.shorter(rest, this.settings.refresh());
	}

	@Override
	public CompletionStage<Duration> begin(RefreshTrigger trigger) {
		if (stopIfIdle(this.timer.now())) {
			return CompletableFuture.completedFuture(this.settings.refresh());
		}
		this.state.beginning();
		Instant begun = this.timer.steady();
		return lookup().thenCompose((found) -> this.attributes.complete(found, trigger, left(begun)))
			.orTimeout(this.settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
			.handle((set, ex) -> (set != null) ? succeeded(set, trigger) : failed(ex))
			.exceptionally((ex) -> {
				logger.error("What was found of {} could not be taken in", this.name, ex);
				return failed(ex);
			});
	}

	/**
	 * How long a lookup may wait for attributes, so that it ends in time without them.
	 */
	private Duration left(Instant begun) {
		Duration left = this.settings.timeout()
			.multipliedBy(TIME_FOR_ATTRIBUTES_PERCENT)
			.dividedBy(100)
			.minus(Duration.between(begun, this.timer.steady()));
		return (left.compareTo(Durations.SHORTEST) > 0) ? left : Durations.SHORTEST;
	}

	/**
	 * The ids of instances that are not used yet, since their attributes are not known.
	 */
	Set<String> pending() {
		return this.attributes.pending();
	}

	@Override
	public void changed() {
		this.loop.trigger(RefreshTrigger.CHANGE);
	}

	/**
	 * While nobody calls the service, the calls that its look-ups cost are few; what DNS
	 * told is kept for no longer than it said.
	 */
	@Override
	public boolean isWaiting() {
		return isDated() || !this.usage.isPausing();
	}

	@Override
	public boolean isDated() {
		CatalogEntry entry = this.state.entry();
		return entry != null && entry.set().validUntil() != null;
	}

	/**
	 * How well changes are told. Where nobody waits for them, the next full refresh is
	 * soon enough, as where all are.
	 */
	private Coverage coverage() {
		if (!isWaiting()) {
			return Coverage.FULL;
		}
		ChangeSignal.Subscription changes = this.changes;
		try {
			return (changes != null) ? changes.coverage() : Coverage.NONE;
		}
		catch (RuntimeException ex) {
			logger.debug("Nobody knows how well changes of {} are told", this.name, ex);
			return Coverage.NONE;
		}
	}

	private boolean stopIfIdle(Instant now) {
		boolean idle = this.usage.dismissIfGone(now, this.state);
		if (idle) {
			stop();
			this.onIdle.run();
		}
		return idle;
	}

	private CompletableFuture<InstanceSet> lookup() {
		try {
			return this.source.lookup(this.name).toCompletableFuture().copy();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private Duration succeeded(InstanceSet found, RefreshTrigger trigger) {
		Instant now = this.timer.now();
		this.backoff = Backoff.first();
		CatalogEntry entry = this.state.succeeded(found, now);
		RefreshSchedule schedule = RefreshSchedule.after(this.settings, trigger, found, entry.guard().end(), now);
		this.schedule = schedule;
		return rest(schedule, now);
	}

	private Duration failed(Throwable ex) {
		Instant now = this.timer.now();
		this.schedule = null;
		CatalogEntry entry = this.state.failed(translate(ex), now);
		Duration delay = this.backoff.delay();
		this.backoff = this.backoff.next();
		Duration attributes = this.attributes.rest(now);
		if (attributes.compareTo(Duration.ZERO) > 0) {
			// a back-off does not prolong the wait of instances for their attributes
			delay = Durations.shorter(delay, attributes.plus(Durations.SHORTEST));
		}
		if (entry == null || this.settings.maxStaleness() == null) {
			return delay;
		}
		// the list is dropped in time, after a last attempt
		Duration left = Duration.between(now, entry.confirmed().plus(this.settings.maxStaleness()));
		return (left.compareTo(Durations.SHORTEST) > 0) ? Durations.shorter(delay, left) : Durations.SHORTEST;
	}

	private DiscoveryException translate(Throwable ex) {
		Throwable cause = Futures.cause(ex);
		if (cause instanceof DiscoveryException failure) {
			return failure;
		}
		if (cause instanceof TimeoutException) {
			return new RegistryUnavailableException("Nobody told within " + this.settings.timeout().toMillis()
					+ " ms where " + this.name + " is (discovery.lookup.timeout)", cause);
		}
		return new DiscoveryException("The look-up of " + this.name + " failed: " + cause, cause);
	}

}
