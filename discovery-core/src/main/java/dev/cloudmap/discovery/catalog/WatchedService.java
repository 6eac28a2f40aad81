package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.attribute.AttributeSource;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;
import dev.cloudmap.discovery.catalog.entry.LookupError;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.change.ChangeSignal.Coverage;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.thread.Durations;
import dev.cloudmap.discovery.thread.Timer;

/**
 * One service of the catalog: schedules its lookups and applies their results to its
 * {@link ServiceState}. Thread-safe.
 */
public final class WatchedService {

	/**
	 * The share of the lookup timeout after which a lookup completes without attributes.
	 */
	private static final int ATTRIBUTES_TIME_PERCENT = 90;

	private final ServiceName name;

	private final InstanceSource source;

	private final Timer timer;

	private final CatalogSettings settings;

	private final ServiceState state;

	private final UsageTracker usage;

	private final InstanceAttributeLookup attributes;

	private final LookupLoop<InstanceSet> loop;

	/** Called after the service was stopped because it is idle. */
	private final Consumer<WatchedService> onIdle;

	/** The next lookup after a success; null after a failure. */
	private volatile @Nullable RefreshSchedule schedule;

	WatchedService(ServiceName name, InstanceSource source, AttributeSource attributes, Timer timer,
			CatalogSettings settings, ServiceState state, UsageTracker usage, Consumer<WatchedService> onIdle) {
		this.name = name;
		this.source = source;
		this.timer = timer;
		this.settings = settings;
		this.state = state;
		this.usage = usage;
		this.onIdle = onIdle;
		this.loop = new LookupLoop<>(name, timer, settings.timeout(),
				new LookupLoop.Lookup<>(this::remaining, this::lookup, this::succeeded, this::failed));
		this.attributes = new InstanceAttributeLookup(name, attributes, timer, state::previous,
				() -> this.loop.trigger(RefreshTrigger.ATTRIBUTES));
	}

	/**
	 * The failure of requests after the catalog was closed.
	 */
	static DiscoveryException stopping(ServiceName name) {
		return new DiscoveryException("Service " + name + " is not looked up: the application is stopping");
	}

	/**
	 * The service.
	 */
	public ServiceName name() {
		return this.name;
	}

	/**
	 * The last known list; null if no lookup has succeeded. Does not count as a request.
	 */
	public @Nullable CatalogEntry entry() {
		return this.state.entry();
	}

	/**
	 * The failure of the last lookup; null if it succeeded.
	 */
	public @Nullable DiscoveryException failure() {
		return this.state.failure();
	}

	/**
	 * The last failed lookup, even if later lookups succeeded; null if none has failed.
	 */
	public @Nullable LookupError lastError() {
		return this.state.lastError();
	}

	/**
	 * The ids of instances that DNS returns and that are not in the list yet because
	 * their attributes are unknown.
	 */
	public Set<String> pending() {
		return this.attributes.pending();
	}

	/**
	 * The known instances, read from memory without lock or allocation.
	 * @return the instances, the same list until something changes; null if no list is
	 * known
	 */
	public @Nullable List<ServiceInstance> known() {
		this.usage.markUsed();
		CatalogEntry known = this.state.entry();
		return (known != null) ? known.serviceInstances() : null;
	}

	/**
	 * The instances: at once if a list is known, otherwise after the first lookup, which
	 * all callers share.
	 * @return the instances; fails with {@link DiscoveryException} if no list is known
	 * and the lookup failed
	 */
	public CompletableFuture<List<ServiceInstance>> instances() {
		List<ServiceInstance> known = known();
		return (known != null) ? CompletableFuture.completedFuture(known)
				: this.state.first().thenApply(CatalogEntry::serviceInstances);
	}

	/**
	 * Triggers a lookup because a request could not connect to an instance, at most once
	 * per second. After a failed lookup the back-off is not shortened, to limit the load
	 * on a recovering registry.
	 */
	public void suspect() {
		if (this.schedule != null) {
			this.loop.trigger(RefreshTrigger.SUSPICION);
		}
	}

	/**
	 * Triggers a lookup, also during a back-off, as if a change was notified. Returns at
	 * once.
	 */
	public void refresh() {
		this.loop.trigger(RefreshTrigger.CHANGE);
	}

	void heartbeat(Instant now) {
		this.usage.heartbeat(now);
	}

	/**
	 * Subscribes to changes. A service with followers does not become idle.
	 * @return false if the service is stopped
	 */
	boolean follow(Consumer<List<ServiceInstance>> follower) {
		return this.usage.addFollower(follower);
	}

	void unfollow(Consumer<List<ServiceInstance>> follower) {
		this.usage.removeFollower(follower);
	}

	/**
	 * Whether instances are known.
	 */
	boolean hasInstances() {
		return this.state.hasInstances();
	}

	/**
	 * Stops the service if the last lookup found no instances and it has no followers.
	 * @return whether it is stopped
	 */
	boolean stopIfEmpty() {
		return this.state.isEmpty() && stopUnlessFollowed();
	}

	/**
	 * Stops the service if no instances are known, also if lookups fail, and it has no
	 * followers.
	 * @return whether it is stopped
	 */
	boolean stopIfUnknown() {
		return !hasInstances() && this.state.first().isDone() && stopUnlessFollowed();
	}

	/**
	 * Stops the service if it has no followers.
	 * @return whether it is stopped
	 */
	boolean stopUnlessFollowed() {
		if (!this.usage.stopUnlessFollowed()) {
			return false;
		}
		stop();
		return true;
	}

	/**
	 * Subscribes to changes and starts the first lookup.
	 */
	void start(ChangeSignal signal) {
		if (!this.loop.start(() -> signal.subscribe(this.name, new Listener()))) {
			// callers may be waiting
			this.state.failed(stopping(this.name), this.timer.now());
		}
	}

	void stop() {
		this.loop.stop();
	}

	/**
	 * The time until the next lookup: at most one refresh interval, since the coverage of
	 * change notifications may change.
	 */
	private Duration remaining() {
		Instant now = this.timer.steady();
		if (this.usage.stopIfIdle(now, this.state)) {
			stop();
			this.onIdle.accept(this);
			return this.settings.refresh();
		}
		RefreshSchedule schedule = this.schedule;
		return (schedule != null) ? remaining(schedule, now) : Duration.ZERO;
	}

	private Duration remaining(RefreshSchedule schedule, Instant now) {
		Duration remaining = Durations.shorter(schedule.remaining(coverage(), now), this.attributes.remaining(now));
		return Durations.shorter(remaining, this.settings.refresh());
	}

	/**
	 * The coverage of change notifications. A service without recent calls is refreshed
	 * as if it had full coverage, unless its list has a TTL.
	 */
	private Coverage coverage() {
		return (hasTtl() || !this.usage.isPaused()) ? this.loop.coverage() : Coverage.FULL;
	}

	private boolean hasTtl() {
		CatalogEntry entry = this.state.entry();
		return entry != null && entry.set().validUntil() != null;
	}

	private CompletionStage<InstanceSet> lookup(RefreshTrigger trigger) {
		this.state.beginLookup();
		Instant start = this.timer.steady();
		return this.source.lookup(this.name)
			.thenCompose((found) -> this.attributes.complete(found, trigger, attributesTimeout(start)));
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

	private Duration succeeded(InstanceSet found, RefreshTrigger trigger) {
		Instant now = this.timer.steady();
		CatalogEntry entry = this.state.succeeded(found, this.timer.now(), now);
		RefreshSchedule schedule = RefreshSchedule.after(this.settings, trigger, found, entry.guard().end(), now);
		this.schedule = schedule;
		return remaining(schedule, now);
	}

	private Duration failed(DiscoveryException failure, Duration backoff) {
		Instant now = this.timer.now();
		this.schedule = null;
		CatalogEntry entry = this.state.failed(failure, now);
		Duration delay = backoff;
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

	private final class Listener implements ChangeSignal.Listener {

		@Override
		public void changed() {
			WatchedService.this.loop.trigger(RefreshTrigger.CHANGE);
		}

		/**
		 * A service without recent calls is refreshed less often, unless its list has a
		 * TTL.
		 */
		@Override
		public boolean isWaiting() {
			return isDated() || !WatchedService.this.usage.isPaused();
		}

		@Override
		public boolean isDated() {
			return hasTtl();
		}

	}

}
