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
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Adds attributes, which only the API has, to the instances of one service that DNS
 * shows.
 * <p>
 * The API is asked when DNS shows an instance whose attributes are not known, when a
 * change is reported, and otherwise every {@link #REFRESH}. It may show a new instance
 * later than DNS does, so it is asked again with growing delays. Meanwhile a new instance
 * is not used as long as there are others: for {@link #MAX_WAIT}, or for as long as it
 * takes where calling it without knowing its attributes would be wrong.
 * <p>
 * Safe for use by several threads; {@link #complete} is called by one at a time.
 */
final class InstanceAttributeLookup {

	/** How often attributes are looked up again, since they may be changed. */
	static final Duration REFRESH = Duration.ofMinutes(10);

	/** How long a new instance waits for its attributes, unless it must have them. */
	static final Duration MAX_WAIT = Duration.ofSeconds(5);

	private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(InstanceAttributeLookup.class);

	private final ServiceName service;

	private final AttributeSource source;

	private final Timer timer;

	private final Supplier<@Nullable CatalogEntry> recall;

	private final Runnable onLateAnswer;

	/** The lock of what follows. */
	private final Object lock = new Object();

	private KnownAttributes known = KnownAttributes.NONE;

	/** The instances of the last lookup whose attributes are known. */
	private List<Instance> matched = List.of();

	private @Nullable CompletableFuture<?> request;

	/** When to ask again for attributes that are missing. */
	private Instant retry = Instant.MIN;

	/** The delay before the next retry where the API answered without some instance. */
	private Duration retryDelay = FIRST_RETRY;

	/** The delay before the next retry where the API did not answer. */
	private Backoff backoff = Backoff.first();

	private Instant refresh = Instant.MIN;

	private @Nullable DiscoveryException failure;

	/** Whether any instance was secure in the last list with known attributes. */
	private boolean secure;

	/** Since when DNS shows those whose attributes are not known, by their ids. */
	private Map<String, Instant> missing = Map.of();

	private volatile Set<String> pending = Set.of();

	/** When another lookup is due for the sake of attributes. */
	private volatile Instant due = Instant.MAX;

	/**
	 * Creates the lookup.
	 * @param service the service
	 * @param source where attributes are looked up
	 * @param timer tells the time
	 * @param recall returns the earlier list of the service, which is used until the API
	 * answers
	 * @param onLateAnswer runs when the API answers after the lookup has stopped waiting
	 */
	InstanceAttributeLookup(ServiceName service, AttributeSource source, Timer timer,
			Supplier<@Nullable CatalogEntry> recall, Runnable onLateAnswer) {
		this.service = service;
		this.source = source;
		this.timer = timer;
		this.recall = recall;
		this.onLateAnswer = onLateAnswer;
	}

	/**
	 * The ids of instances that are not used yet, since their attributes are not known.
	 */
	Set<String> pending() {
		return this.pending;
	}

	/**
	 * How long until attributes that are missing need another lookup; zero or less if it
	 * is time.
	 */
	Duration rest(Instant now) {
		return this.due.equals(Instant.MAX) ? REFRESH : Duration.between(now, this.due);
	}

	/**
	 * Completes what a lookup found.
	 * @param found what it found
	 * @param trigger why it was made
	 * @param wait how long to wait for the API
	 * @return the instances to use; fails with {@link DiscoveryException} if no instance
	 * may be used before its attributes are known
	 */
	CompletionStage<InstanceSet> complete(InstanceSet found, RefreshTrigger trigger, Duration wait) {
		if (found.detail() == Detail.ALL) {
			learn(found.instances());
			return CompletableFuture.completedFuture(found);
		}
		AttributeNeed need = this.source.need(this.service);
		if (need == AttributeNeed.NONE || found.isEmpty() || !noteMissing(found, trigger)) {
			return CompletableFuture.completedFuture(completed(found, need));
		}
		return request(wait).thenApply((done) -> completed(found, need));
	}

	private void learn(Collection<Instance> instances) {
		synchronized (this.lock) {
			this.known = new KnownAttributes(instances);
			this.refresh = this.timer.now().plus(Backoff.jittered(REFRESH));
			this.missing = Map.of();
			this.failure = null;
		}
		this.pending = Set.of();
		this.due = Instant.MAX;
	}

	/**
	 * Notes which instances have no known attributes.
	 * @return whether the API is to be asked now
	 */
	private boolean noteMissing(InstanceSet found, RefreshTrigger trigger) {
		synchronized (this.lock) {
			Instant now = this.timer.now();
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
			// a clock that was set back stops nothing
			boolean retry = !missing.isEmpty() && isDue(this.retry, now);
			return retry || isDue(this.refresh, now);
		}
	}

	private static boolean isDue(Instant time, Instant now) {
		return !now.isBefore(time) || time.isAfter(now.plus(REFRESH.multipliedBy(2)));
	}

	/**
	 * Asks the API, once at a time. Only the lookup that asks waits for the answer, so
	 * that an API that hangs does not delay all of them.
	 */
	private CompletableFuture<Void> request(Duration wait) {
		CompletableFuture<Void> waiting = new CompletableFuture<>();
		synchronized (this.lock) {
			if (this.request != null) {
				return CompletableFuture.completedFuture(null);
			}
			this.request = waiting;
		}
		Timer.Scheduled limit = this.timer.schedule(() -> waiting.complete(null), wait);
		var unused = this.source.lookup(this.service).whenComplete((set, failure) -> {
			if (set != null) {
				answered(set.instances());
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

	private void answered(List<Instance> instances) {
		synchronized (this.lock) {
			Instant now = this.timer.now();
			this.request = null;
			// those that the API does not show stay known for as long as DNS shows them
			this.known = new KnownAttributes(this.matched).with(instances);
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
			Instant now = this.timer.now();
			this.request = null;
			isFirst = this.failure == null;
			this.failure = (cause instanceof DiscoveryException known) ? known : new DiscoveryException(
					"The attributes of " + this.service + " could not be looked up: " + cause, cause);
			this.retry = now.plus(isDenied ? Backoff.jittered(REFRESH) : this.backoff.delay());
			this.refresh = this.retry;
			this.backoff = this.backoff.next();
		}
		if (isFirst && !isDenied) {
			logger.warn("The attributes of {} could not be looked up, what is known of them stays: {}", this.service,
					cause.getMessage());
		}
	}

	/**
	 * Selects the instances to use.
	 */
	private InstanceSet completed(InstanceSet found, AttributeNeed need) {
		List<Instance> used;
		Set<String> waiting = new TreeSet<>();
		synchronized (this.lock) {
			List<Instance> incomplete = match(found);
			used = new ArrayList<>(this.matched);
			Instant now = this.timer.now();
			boolean retries = need != AttributeNeed.NONE && !incomplete.isEmpty() && this.request == null;
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
								"The registry has not shown the attributes of the instances of " + this.service
										+ " yet, without which they must not be called",
								null);
			}
		}
		logPending(waiting);
		return found.with(used);
	}

	/**
	 * Finds the attributes of instances.
	 * @return the instances whose attributes are not known
	 */
	private List<Instance> match(InstanceSet found) {
		CatalogEntry earlier = this.known.isEmpty() ? this.recall.get() : null;
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
	 * Until when an instance without known attributes is not used.
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
					"Instance {} of {} is not used yet: DNS shows it, and the API does not" + " show its attributes",
					id, this.service));
	}

}
