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
import dev.cloudmap.discovery.catalog.attribute.AttributeSource;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.change.ChangeSignal.Coverage;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Schedules the lookups of one service and applies their results to its
 * {@link ServiceState}.
 */
final class Refresher implements LookupLoop.Lookup, ChangeSignal.Listener {

	private static final Logger logger = LoggerFactory.getLogger(Refresher.class);

	/**
	 * The share of the lookup timeout after which a lookup completes without attributes.
	 */
	private static final int ATTRIBUTES_TIME_PERCENT = 90;

	private final ServiceName name;

	private final InstanceSource source;

	private final Timer timer;

	private final CatalogSettings settings;

	private final ServiceState state;

	private final InstanceAttributeLookup attributes;

	private final UsageTracker usage;

	private final ChangeSignal signal;

	private final LookupLoop loop;

	/** Called after the service was stopped because it is idle. */
	private volatile Runnable onIdle = () -> {
	};

	/** Null before the first lookup, and if the signal failed. */
	private volatile ChangeSignal.@Nullable Subscription changes;

	/** The delay after the next failure. */
	private volatile Backoff backoff = Backoff.first();

	/** The next lookup after a success; null after a failure. */
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
		this.attributes = new InstanceAttributeLookup(name, attributes, timer, state::previous,
				() -> this.loop.trigger(RefreshTrigger.ATTRIBUTES));
	}

	/**
	 * Subscribes to changes and starts the first lookup.
	 * @param onIdle called after the service was stopped because it is idle
	 */
	void start(Runnable onIdle) {
		this.onIdle = onIdle;
		try {
			// before the first lookup, so that no change is missed
			this.changes = this.signal.subscribe(this.name, this);
		}
		catch (RuntimeException ex) {
			logger.error("Could not subscribe to changes of {}", this.name, ex);
		}
		if (!this.loop.start()) {
			// stopped before the subscription existed; callers may be waiting
			stop();
			this.state.failed(stopping(this.name), this.timer.now());
		}
	}

	/**
	 * The failure of requests after the catalog was closed.
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
			logger.error("Could not close the subscription to changes of {}", this.name, ex);
		}
	}

	/**
	 * Triggers a lookup because an instance could not be reached. After a failed lookup
	 * the back-off is not shortened, to limit the load on a recovering registry.
	 */
	void suspect() {
		if (this.schedule != null) {
			this.loop.trigger(RefreshTrigger.SUSPICION);
		}
	}

	/**
	 * At most one refresh interval, since the coverage of change notifications may
	 * change.
	 */
	@Override
	public Duration remaining() {
		Instant now = this.timer.steady();
		if (stopIfIdle(now)) {
			return this.settings.refresh();
		}
		RefreshSchedule schedule = this.schedule;
		return (schedule != null) ? remaining(schedule, now) : Duration.ZERO;
	}

	private Duration remaining(RefreshSchedule schedule, Instant now) {
		Duration remaining = Durations.shorter(schedule.remaining(coverage(), now), this.attributes.remaining(now));
		return Durations.shorter(remaining, this.settings.refresh());
	}

	@Override
	public CompletionStage<Duration> begin(RefreshTrigger trigger) {
		if (stopIfIdle(this.timer.steady())) {
			return CompletableFuture.completedFuture(this.settings.refresh());
		}
		this.state.beginLookup();
		Instant start = this.timer.steady();
		return lookup().thenCompose((found) -> this.attributes.complete(found, trigger, attributesTimeout(start)))
			.orTimeout(this.settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
			.handle((set, ex) -> (set != null) ? succeeded(set, trigger) : failed(ex))
			.exceptionally((ex) -> {
				logger.error("The result of a lookup of {} could not be applied", this.name, ex);
				return failed(ex);
			});
	}

	/**
	 * How long a lookup may wait for attributes, so that it completes within its timeout.
	 */
	private Duration attributesTimeout(Instant start) {
		Duration left = this.settings.timeout()
			.multipliedBy(ATTRIBUTES_TIME_PERCENT)
			.dividedBy(100)
			.minus(Duration.between(start, this.timer.steady()));
		return (left.compareTo(Durations.SHORTEST) > 0) ? left : Durations.SHORTEST;
	}

	/**
	 * The ids of instances that are not used because their attributes are unknown.
	 */
	Set<String> pending() {
		return this.attributes.pending();
	}

	@Override
	public void changed() {
		this.loop.trigger(RefreshTrigger.CHANGE);
	}

	/**
	 * A service without recent calls is refreshed less often, unless its list has a TTL.
	 */
	@Override
	public boolean isWaiting() {
		return isDated() || !this.usage.isPaused();
	}

	@Override
	public boolean isDated() {
		CatalogEntry entry = this.state.entry();
		return entry != null && entry.set().validUntil() != null;
	}

	/**
	 * The coverage of change notifications. A service without recent calls is refreshed
	 * as if it had full coverage.
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
			logger.debug("The coverage of change notifications for {} is unknown", this.name, ex);
			return Coverage.NONE;
		}
	}

	private boolean stopIfIdle(Instant now) {
		boolean idle = this.usage.stopIfIdle(now, this.state);
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
		Instant now = this.timer.steady();
		this.backoff = Backoff.first();
		CatalogEntry entry = this.state.succeeded(found, this.timer.now(), now);
		RefreshSchedule schedule = RefreshSchedule.after(this.settings, trigger, found, entry.guard().end(), now);
		this.schedule = schedule;
		return remaining(schedule, now);
	}

	private Duration failed(Throwable ex) {
		Instant now = this.timer.now();
		this.schedule = null;
		CatalogEntry entry = this.state.failed(translate(ex), now);
		Duration delay = this.backoff.delay();
		this.backoff = this.backoff.next();
		Duration attributes = this.attributes.remaining(this.timer.steady());
		if (attributes.compareTo(Duration.ZERO) > 0) {
			// instances that wait for attributes do not wait longer because of the
			// back-off
			delay = Durations.shorter(delay, attributes.plus(Durations.SHORTEST));
		}
		if (entry == null || this.settings.maxStaleness() == null) {
			return delay;
		}
		// the list is dropped at max-staleness, after a last attempt
		Duration left = Duration.between(now, entry.confirmed().plus(this.settings.maxStaleness()));
		return (left.compareTo(Durations.SHORTEST) > 0) ? Durations.shorter(delay, left) : Durations.SHORTEST;
	}

	private DiscoveryException translate(Throwable ex) {
		Throwable cause = Futures.cause(ex);
		if (cause instanceof DiscoveryException failure) {
			return failure;
		}
		if (cause instanceof TimeoutException) {
			return new RegistryUnavailableException("The lookup of " + this.name + " timed out after "
					+ this.settings.timeout().toMillis() + " ms (discovery.lookup.timeout)", cause);
		}
		return new DiscoveryException("The lookup of " + this.name + " failed: " + cause, cause);
	}

}
