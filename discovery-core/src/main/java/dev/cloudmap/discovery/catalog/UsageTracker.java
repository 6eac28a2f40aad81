package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.thread.Durations;

/**
 * Tracks the use of a service: requests and followers. Thread-safe.
 */
final class UsageTracker {

	private static final Logger logger = LoggerFactory.getLogger(UsageTracker.class);

	/**
	 * The time without requests after which a service counts as paused. It is longer than
	 * most intervals between two calls.
	 */
	static final Duration PAUSE = Duration.ofMinutes(1);

	private final CatalogSettings settings;

	private final BooleanSupplier heartbeats;

	/**
	 * Whether the service was requested since the flag was last cleared. Reading a flag
	 * that is usually set is cheaper for callers than writing the time.
	 */
	private volatile boolean used;

	private volatile Instant lastUsed;

	private volatile boolean paused;

	/** Guards itself and the fields below. */
	private final List<Consumer<List<ServiceInstance>>> followers = new ArrayList<>();

	private boolean usedSinceHeartbeat = true;

	/** Never reset: the tracker of a stopped service is not used again. */
	private boolean stopped;

	/**
	 * Creates a tracker that was just used.
	 * @param settings the idle times
	 * @param heartbeats whether heartbeats have listeners: a service with instances that
	 * was requested since the last heartbeat is then kept until the next one
	 * @param now the monotonic time
	 */
	UsageTracker(CatalogSettings settings, BooleanSupplier heartbeats, Instant now) {
		this.settings = settings;
		this.heartbeats = heartbeats;
		this.lastUsed = now;
	}

	/**
	 * Records a request.
	 */
	void markUsed() {
		if (!this.used) {
			this.used = true;
		}
	}

	/**
	 * Marks the service as stopped if it is idle. The interval between calls is the
	 * accuracy of the idle time.
	 * <p>
	 * A service with instances stops after {@link CatalogSettings#idle()} without a
	 * request. A service without instances stops at the first check that finds no request
	 * since the previous one: its name may be made up, and the next request must wait for
	 * a new lookup instead of reading an old empty list. It is looked up at most once per
	 * {@link CatalogSettings#refresh()}. A service without a known list, because its
	 * lookups fail, is kept for {@link CatalogSettings#fullRefresh()}, so that requests
	 * do not shorten the back-off.
	 * @param now the monotonic time
	 * @param state the current list of the service
	 * @return whether the service is stopped, now or before
	 */
	boolean stopIfIdle(Instant now, ServiceState state) {
		synchronized (this.followers) {
			recordUse(now);
			Duration unused = Duration.between(this.lastUsed, now);
			this.paused = this.followers.isEmpty() && unused.compareTo(PAUSE) > 0;
			boolean keptForHeartbeat = state.hasInstances() && this.usedSinceHeartbeat
					&& this.heartbeats.getAsBoolean();
			if (this.followers.isEmpty() && unused.compareTo(idleTimeout(state)) > 0 && !keptForHeartbeat) {
				this.stopped = true;
			}
			return this.stopped;
		}
	}

	private Duration idleTimeout(ServiceState state) {
		if (state.hasInstances()) {
			return this.settings.idle();
		}
		// exceeded if there was no request between two checks
		Duration idleTimeout = state.isEmpty() ? this.settings.refresh().dividedBy(2) : this.settings.fullRefresh();
		return Durations.shorter(this.settings.idle(), idleTimeout);
	}

	/**
	 * Marks the service as stopped unless it has followers.
	 * @return whether it is stopped
	 */
	boolean stopUnlessFollowed() {
		synchronized (this.followers) {
			this.stopped = this.followers.isEmpty();
			return this.stopped;
		}
	}

	/**
	 * Restarts the idle time before a heartbeat, so that its listeners can request the
	 * service again.
	 */
	void heartbeat(Instant now) {
		synchronized (this.followers) {
			recordUse(now);
			if (this.usedSinceHeartbeat) {
				this.usedSinceHeartbeat = false;
				this.lastUsed = now;
			}
		}
	}

	private void recordUse(Instant now) {
		if (this.used) {
			this.used = false;
			this.usedSinceHeartbeat = true;
			this.lastUsed = now;
		}
	}

	/**
	 * Whether the last check found no request for {@link #PAUSE} and no follower.
	 */
	boolean isPaused() {
		return this.paused;
	}

	/**
	 * Adds a follower, which receives later changes.
	 * @return false if the service is stopped
	 */
	boolean addFollower(Consumer<List<ServiceInstance>> follower) {
		synchronized (this.followers) {
			return !this.stopped && this.followers.add(follower);
		}
	}

	void removeFollower(Consumer<List<ServiceInstance>> follower) {
		synchronized (this.followers) {
			this.followers.remove(follower);
		}
	}

	/**
	 * Notifies all followers. A failed follower does not affect the others.
	 */
	void notifyFollowers(List<ServiceInstance> instances) {
		List<Consumer<List<ServiceInstance>>> current;
		synchronized (this.followers) {
			current = List.copyOf(this.followers);
		}
		for (Consumer<List<ServiceInstance>> follower : current) {
			try {
				follower.accept(instances);
			}
			catch (RuntimeException | Error ex) {
				logger.error("A follower of a service failed", ex);
			}
		}
	}

}
