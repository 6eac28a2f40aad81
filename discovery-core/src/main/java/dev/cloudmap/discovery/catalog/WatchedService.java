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

/**
 * One service of the catalog, for whoever calls it.
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
	 * What is known; null as long as no look-up has succeeded. Does not count as asking.
	 */
	public @Nullable CatalogEntry entry() {
		return this.state.entry();
	}

	/**
	 * Why the last look-up failed; null if it didn't.
	 */
	public @Nullable DiscoveryException failure() {
		return this.state.failure();
	}

	/**
	 * The ids of instances that DNS shows and that are not in the list yet, because their
	 * attributes are not known; empty if there are none.
	 */
	public Set<String> pending() {
		return this.refresher.pending();
	}

	/**
	 * The service's instances, if anything is known: a read of memory, without lock or
	 * allocation.
	 * @return the instances, empty if there are none, and the same list until something
	 * changes; null if nothing is known
	 */
	public @Nullable List<ServiceInstance> known() {
		this.usage.ask();
		CatalogEntry known = this.state.entry();
		return (known != null) ? known.serviceInstances() : null;
	}

	/**
	 * The service's instances: at once where something is known of it, else when the
	 * first look-up, which all callers share, has ended.
	 * @return the instances, empty if there are none; fails with
	 * {@link DiscoveryException} if nothing is known and the look-up failed
	 */
	public CompletableFuture<List<ServiceInstance>> instances() {
		List<ServiceInstance> known = known();
		return (known != null) ? CompletableFuture.completedFuture(known)
				: this.state.first().thenApply(CatalogEntry::serviceInstances);
	}

	/**
	 * A request to an instance could not connect: the service is looked up again at once,
	 * though no more than once a second for this.
	 */
	public void suspect() {
		this.refresher.suspect();
	}

	void heartbeat(Instant now) {
		this.usage.heartbeat(now);
	}

	/**
	 * Begins to tell someone of changes. As long as anybody is told, the service is
	 * watched.
	 * @return false if the service is watched no more
	 */
	boolean follow(Consumer<List<ServiceInstance>> follower) {
		return this.usage.join(follower);
	}

	void unfollow(Consumer<List<ServiceInstance>> follower) {
		this.usage.leave(follower);
	}

	/**
	 * Whether it has instances, or used to have some that are kept.
	 */
	boolean hasInstances() {
		return this.state.hasInstances();
	}

	/**
	 * Stops watching the service if the last lookup found no instances and it has no
	 * follower.
	 * @return whether it is stopped
	 */
	boolean stopIfEmpty() {
		return this.state.isEmpty() && stopUnlessFollowed();
	}

	/**
	 * Stops watching the service if no instances are known, also where lookups fail, and
	 * it has no follower.
	 * @return whether it is stopped
	 */
	boolean stopIfUnknown() {
		return !hasInstances() && this.state.first().isDone() && stopUnlessFollowed();
	}

	/**
	 * Stops watching the service if it has no follower.
	 * @return whether it is stopped
	 */
	boolean stopUnlessFollowed() {
		if (!this.usage.dismissUnlessFollowed()) {
			return false;
		}
		stop();
		return true;
	}

	/**
	 * Begins to watch the service.
	 * @param onIdle receives this service after it was stopped because it is idle
	 */
	void start(Consumer<WatchedService> onIdle) {
		this.refresher.start(() -> onIdle.accept(this));
	}

	void stop() {
		this.refresher.stop();
	}

}
