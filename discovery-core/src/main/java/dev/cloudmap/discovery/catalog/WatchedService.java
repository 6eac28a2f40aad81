package dev.cloudmap.discovery.catalog;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;

/**
 * One service of the catalog. Thread-safe.
 */
public final class WatchedService {

	private final ServiceName name;

	private final ServiceState state;

	private final UsageTracker usage;

	private final Refresher refresher;

	WatchedService(ServiceName name, ServiceState state, UsageTracker usage, Refresher refresher) {
		this.name = name;
		this.state = state;
		this.usage = usage;
		this.refresher = refresher;
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
	 * The ids of instances that DNS returns and that are not in the list yet because
	 * their attributes are unknown.
	 */
	public Set<String> pending() {
		return this.refresher.pending();
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
	 * per second.
	 */
	public void suspect() {
		this.refresher.suspect();
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
	 * Starts the refresh of the service.
	 * @param onIdle receives this service after it was stopped because it is idle
	 */
	void start(Consumer<WatchedService> onIdle) {
		this.refresher.start(() -> onIdle.accept(this));
	}

	void stop() {
		this.refresher.stop();
	}

}
