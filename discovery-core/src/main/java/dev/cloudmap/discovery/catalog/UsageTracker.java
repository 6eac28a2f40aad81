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
 * Who wants to know of a service: those who ask now and then, and those who follow it.
 */
final class UsageTracker {

	private static final Logger logger = LoggerFactory.getLogger(UsageTracker.class);

	/**
	 * After which time without a call it is taken for a pause: longer than most between
	 * two calls of a service that is in use.
	 */
	static final Duration PAUSE = Duration.ofMinutes(1);

	private final CatalogSettings settings;

	private final BooleanSupplier heartbeats;

	/**
	 * Whether anybody has asked since this was last cleared. A flag that is mostly set
	 * already costs a caller nothing; noting the time would.
	 */
	private volatile boolean asked = true;

	private volatile Instant lastAsked;

	private volatile boolean pausing;

	/** Also the lock of itself and of what follows. */
	private final List<Consumer<List<ServiceInstance>>> followers = new ArrayList<>();

	private boolean askedSinceHeartbeat = true;

	/** Never reset: a dismissed usage belongs to a service that has stopped. */
	private boolean dismissed;

	/**
	 * Creates an usage that has just asked.
	 * @param settings how long it counts as one without asking
	 * @param heartbeats whether heartbeats have listeners: a service with instances that
	 * was looked up since the last heartbeat is then kept until the next
	 * @param now the time
	 */
	UsageTracker(CatalogSettings settings, BooleanSupplier heartbeats, Instant now) {
		this.settings = settings;
		this.heartbeats = heartbeats;
		this.lastAsked = now;
	}

	/**
	 * Somebody asks.
	 */
	void ask() {
		if (!this.asked) {
			this.asked = true;
		}
	}

	/**
	 * Dismisses the usage if there is none any more. Is to be called often enough: when
	 * somebody asked is known as exactly as that.
	 * <p>
	 * A service with instances is dropped after {@link CatalogSettings#idle()} without a
	 * call. A service without instances is dropped as soon as a check finds that it was
	 * not called since the last one: its name may be made up, and the next call has to
	 * wait for a new lookup rather than read an old empty list. So it is looked up no
	 * more than once per {@link CatalogSettings#refresh()} however often it is called. A
	 * service of which nothing is known, because its lookups fail, is kept for
	 * {@link CatalogSettings#fullRefresh()}, so that calls do not shorten the back-off.
	 * @param now the time
	 * @param state the current list of the service
	 * @return whether it is dismissed, now or before
	 */
	boolean dismissIfGone(Instant now, ServiceState state) {
		synchronized (this.followers) {
			noteAsked(now);
			Duration silence = Duration.between(this.lastAsked, now);
			this.pausing = this.followers.isEmpty() && silence.compareTo(PAUSE) > 0;
			boolean kept = state.hasInstances() && this.askedSinceHeartbeat && this.heartbeats.getAsBoolean();
			if (this.followers.isEmpty() && silence.compareTo(patience(state)) > 0 && !kept) {
				this.dismissed = true;
			}
			return this.dismissed;
		}
	}

	private Duration patience(ServiceState state) {
		if (state.hasInstances()) {
			return this.settings.idle();
		}
		// half of the time between two checks is exceeded if there was no call in between
		Duration patience = state.isEmpty() ? this.settings.refresh().dividedBy(2) : this.settings.fullRefresh();
		return Durations.shorter(this.settings.idle(), patience);
	}

	/**
	 * Dismisses the usage unless someone follows the service.
	 * @return whether it is dismissed
	 */
	boolean dismissUnlessFollowed() {
		synchronized (this.followers) {
			this.dismissed = this.followers.isEmpty();
			return this.dismissed;
		}
	}

	/**
	 * A heartbeat is about to be published. Its listeners have time to ask again.
	 */
	void heartbeat(Instant now) {
		synchronized (this.followers) {
			noteAsked(now);
			if (this.askedSinceHeartbeat) {
				this.askedSinceHeartbeat = false;
				this.lastAsked = now;
			}
		}
	}

	private void noteAsked(Instant now) {
		if (this.asked) {
			this.asked = false;
			this.askedSinceHeartbeat = true;
			this.lastAsked = now;
		}
	}

	/**
	 * Whether nobody has asked in a while, as far as was known when it was last seen
	 * whether there is an usage.
	 */
	boolean isPausing() {
		return this.pausing;
	}

	/**
	 * Takes one in who is told of changes from now on.
	 * @return false if the usage was dismissed
	 */
	boolean join(Consumer<List<ServiceInstance>> follower) {
		synchronized (this.followers) {
			return !this.dismissed && this.followers.add(follower);
		}
	}

	void leave(Consumer<List<ServiceInstance>> follower) {
		synchronized (this.followers) {
			this.followers.remove(follower);
		}
	}

	/**
	 * Tells all who follow, whether or not one fails.
	 */
	void tell(List<ServiceInstance> instances) {
		List<Consumer<List<ServiceInstance>>> told;
		synchronized (this.followers) {
			told = List.copyOf(this.followers);
		}
		for (Consumer<List<ServiceInstance>> follower : told) {
			try {
				follower.accept(instances);
			}
			catch (RuntimeException | Error ex) {
				logger.error("Someone failed who follows a service", ex);
			}
		}
	}

}
