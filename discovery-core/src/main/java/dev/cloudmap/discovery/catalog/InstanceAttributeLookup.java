package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.AccessDeniedException;
import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.InstanceSet.Detail;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.attribute.AttributeNeed;
import dev.cloudmap.discovery.catalog.attribute.AttributeSource;
import dev.cloudmap.discovery.catalog.attribute.KnownAttributes;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Adds attributes, which only the API provides, to the instances of one service that a
 * DNS lookup returned.
 * <p>
 * The API is called when DNS returns an instance with unknown attributes, when a change
 * is reported, and otherwise every {@link #REFRESH}. The API may return a new instance
 * later than DNS, so the call is repeated with growing delays. Meanwhile the new instance
 * is not used if there are others: for at most {@link #MAX_WAIT}, or without limit if its
 * attributes are required.
 * <p>
 * Thread-safe; calls of {@link #complete} must not overlap.
 */
final class InstanceAttributeLookup {

	/** How often attributes are looked up again, since they may change. */
	static final Duration REFRESH = Duration.ofMinutes(10);

	/**
	 * How long a new instance is not used for lack of attributes that are not required.
	 */
	static final Duration MAX_WAIT = Duration.ofSeconds(5);

	private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(InstanceAttributeLookup.class);

	private final ServiceName service;

	private final AttributeSource source;

	private final Timer timer;

	private final Supplier<@Nullable CatalogEntry> previous;

	private final Runnable onLateAnswer;

	/** Guards the fields below that are not volatile. */
	private final Object lock = new Object();

	private KnownAttributes known = KnownAttributes.NONE;

	/** The instances of the last lookup whose attributes are known. */
	private List<Instance> matched = List.of();

	private boolean requesting;

	/** When to retry if attributes are missing. */
	private Instant retry = Instant.MIN;

	/** The delay before the next retry if the API response lacks an instance. */
	private Duration retryDelay = FIRST_RETRY;

	/** The delay before the next retry if the API call failed. */
	private Backoff backoff = Backoff.first();

	private Instant refresh = Instant.MIN;

	private @Nullable DiscoveryException failure;

	/** Whether any instance was secure in the last list with known attributes. */
	private boolean secure;

	/** The revision of the last answer of the API; null if there is none. */
	private @Nullable Long revision;

	/** When DNS first returned each instance whose attributes are unknown, by id. */
	private Map<String, Instant> missing = Map.of();

	private volatile Set<String> pending = Set.of();

	/** When attributes require another lookup. */
	private volatile Instant due = Instant.MAX;

	/**
	 * Creates the lookup.
	 * @param source looks attributes up
	 * @param previous returns an earlier list of the service, whose attributes are used
	 * until the API responds
	 * @param onLateAnswer runs when the API responds after the lookup has stopped waiting
	 */
	InstanceAttributeLookup(ServiceName service, AttributeSource source, Timer timer,
			Supplier<@Nullable CatalogEntry> previous, Runnable onLateAnswer) {
		this.service = service;
		this.source = source;
		this.timer = timer;
		this.previous = previous;
		this.onLateAnswer = onLateAnswer;
	}

	/**
	 * The ids of instances that are not used because their attributes are unknown.
	 */
	Set<String> pending() {
		return this.pending;
	}

	/**
	 * The time until missing attributes require another lookup; zero or less if it is
	 * due.
	 */
	Duration remaining(Instant now) {
		return this.due.equals(Instant.MAX) ? REFRESH : Duration.between(now, this.due);
	}

	/**
	 * Adds attributes to the result of a lookup.
	 * @param found the result
	 * @param trigger the reason of the lookup
	 * @param wait how long to wait for the API
	 * @return the instances to use; fails with {@link DiscoveryException} if no instance
	 * may be used without attributes
	 */
	CompletionStage<InstanceSet> complete(InstanceSet found, RefreshTrigger trigger, Duration wait) {
		if (found.detail() == Detail.ALL) {
			update(found.instances());
			return CompletableFuture.completedFuture(found);
		}
		AttributeNeed need = this.source.need(this.service);
		if (need == AttributeNeed.NONE || found.isEmpty() || !updateMissing(found, trigger)) {
			return CompletableFuture.completedFuture(completed(found, need));
		}
		return request(wait).thenApply((done) -> completed(found, need));
	}

	private void update(Collection<Instance> instances) {
		synchronized (this.lock) {
			this.known = new KnownAttributes(instances);
			this.refresh = this.timer.steady().plus(Backoff.jittered(REFRESH));
			this.missing = Map.of();
			this.failure = null;
		}
		this.pending = Set.of();
		this.due = Instant.MAX;
	}

	/**
	 * Records which instances have unknown attributes.
	 * @return whether to call the API now
	 */
	private boolean updateMissing(InstanceSet found, RefreshTrigger trigger) {
		synchronized (this.lock) {
			Instant now = this.timer.steady();
			Map<String, Instant> before = this.missing;
			Map<String, Instant> missing = new HashMap<>();
			for (Instance instance : found.instances()) {
				if (this.known.complete(instance) == null) {
					missing.put(instance.id(), before.getOrDefault(instance.id(), now));
				}
			}
			this.missing = missing;
			boolean isNew = !before.keySet().containsAll(missing.keySet());
			if (isNew || missing.isEmpty()) {
				this.retryDelay = FIRST_RETRY;
			}
			if ((isNew || trigger == RefreshTrigger.CHANGE) && this.failure == null) {
				return true;
			}
			return !now.isBefore(this.refresh) || (!missing.isEmpty() && !now.isBefore(this.retry));
		}
	}

	/**
	 * Calls the API unless a call is in progress. Only the lookup that started the call
	 * waits for it, so that an unresponsive API delays one lookup only.
	 */
	private CompletableFuture<Void> request(Duration wait) {
		CompletableFuture<Void> waiting = new CompletableFuture<>();
		synchronized (this.lock) {
			if (this.requesting) {
				return CompletableFuture.completedFuture(null);
			}
			this.requesting = true;
		}
		Timer.Scheduled limit = this.timer.schedule(() -> waiting.complete(null), wait);
		var unused = this.source.lookup(this.service).whenComplete((set, failure) -> {
			if (set != null) {
				succeeded(set);
			}
			else {
				failed(Futures.cause(failure));
			}
			limit.cancel();
			if (!waiting.complete(null) && set != null) {
				this.onLateAnswer.run();
			}
		});
		return waiting;
	}

	private void succeeded(InstanceSet set) {
		synchronized (this.lock) {
			Instant now = this.timer.steady();
			this.requesting = false;
			// attributes of instances that the API omits are kept while DNS returns them
			this.known = new KnownAttributes(this.matched).with(set.instances());
			this.revision = set.revision();
			this.refresh = now.plus(Backoff.jittered(REFRESH));
			this.retry = now.plus(Backoff.jittered(this.retryDelay));
			this.retryDelay = Durations.shorter(this.retryDelay.multipliedBy(2), REFRESH);
			this.backoff = Backoff.first();
			this.failure = null;
		}
	}

	private void failed(Throwable cause) {
		boolean isDenied = cause instanceof AccessDeniedException;
		boolean isFirst;
		synchronized (this.lock) {
			Instant now = this.timer.steady();
			this.requesting = false;
			isFirst = this.failure == null;
			this.failure = (cause instanceof DiscoveryException known) ? known : new DiscoveryException(
					"The attributes of " + this.service + " could not be looked up: " + cause, cause);
			this.retry = now.plus(isDenied ? Backoff.jittered(REFRESH) : this.backoff.delay());
			this.refresh = this.retry;
			this.backoff = this.backoff.next();
		}
		if (isFirst && !isDenied) {
			logger.warn("The attributes of {} could not be looked up. Known attributes are kept: {}", this.service,
					cause.getMessage());
		}
	}

	/**
	 * Selects the instances to use.
	 */
	private InstanceSet completed(InstanceSet found, AttributeNeed need) {
		List<Instance> used;
		Set<String> waiting = new TreeSet<>();
		@Nullable Long revision;
		synchronized (this.lock) {
			List<Instance> incomplete = matchAttributes(found);
			revision = this.revision;
			used = new ArrayList<>(this.matched);
			Instant now = this.timer.steady();
			boolean retries = need != AttributeNeed.NONE && !incomplete.isEmpty() && !this.requesting;
			Instant next = retries ? this.retry : Instant.MAX;
			for (Instance instance : incomplete) {
				Instant end = endOfWait(instance, need, now);
				if (end.isAfter(now)) {
					waiting.add(instance.id());
					next = end.isBefore(next) ? end : next;
				}
				else {
					used.add(instance);
				}
			}
			this.due = next;
			if (used.isEmpty() && !waiting.isEmpty()) {
				throw (this.failure != null) ? this.failure
						: new RegistryUnavailableException(
								"The registry has not returned the attributes of the instances of " + this.service
										+ " yet, which are required to call them",
								null);
			}
		}
		logPending(waiting);
		return found.with(used).withRevision(revision);
	}

	/**
	 * Adds known attributes to instances.
	 * @return the instances with unknown attributes
	 */
	private List<Instance> matchAttributes(InstanceSet found) {
		CatalogEntry earlier = this.known.isEmpty() ? this.previous.get() : null;
		if (earlier != null) {
			this.known = this.known.with(earlier.set().instances());
		}
		List<Instance> matched = new ArrayList<>();
		List<Instance> incomplete = new ArrayList<>();
		for (Instance instance : found.instances()) {
			Instance known = this.known.complete(instance);
			if (known != null) {
				matched.add(known);
			}
			else {
				incomplete.add(instance);
			}
		}
		this.matched = matched;
		if (!matched.isEmpty()) {
			this.secure = matched.stream().anyMatch(InstanceAttributeLookup::isSecure);
		}
		return incomplete;
	}

	/**
	 * The time until which an instance with unknown attributes is not used.
	 */
	private Instant endOfWait(Instance instance, AttributeNeed need, Instant now) {
		if (need == AttributeNeed.REQUIRED) {
			return Instant.MAX;
		}
		if (need == AttributeNeed.NONE || this.failure instanceof AccessDeniedException) {
			return Instant.MIN;
		}
		if (this.matched.isEmpty() && !this.secure) {
			return Instant.MIN;
		}
		if (!this.matched.isEmpty() && this.secure) {
			return Instant.MAX;
		}
		return this.missing.getOrDefault(instance.id(), now).plus(MAX_WAIT);
	}

	private static boolean isSecure(Instance instance) {
		return Boolean.parseBoolean(instance.attributes().get(InstanceAttributes.SECURE));
	}

	private void logPending(Set<String> waiting) {
		Set<String> before = this.pending;
		this.pending = Set.copyOf(waiting);
		waiting.stream()
			.filter((id) -> !before.contains(id))
			.forEach((id) -> logger.info(
					"Instance {} of {} is not used yet: DNS returns it, but the API does not return its attributes", id,
					this.service));
	}

}
