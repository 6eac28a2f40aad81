package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.change.ChangeSignal.Coverage;
import dev.cloudmap.discovery.registry.ListedService;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.discovery.thread.Timer;

/**
 * The services of the namespace, cached in memory. The list is fetched in the background:
 * at once when the registry reports a change, and otherwise at most every five minutes,
 * since AWS allows few calls of {@code ListServices}. Without followers it is fetched
 * only when it is requested. A failure keeps the last list. Thread-safe.
 */
public final class ServiceList implements AutoCloseable {

	/** The minimum interval of fetches without change notifications. */
	static final Duration POLL = Duration.ofMinutes(5);

	/** The minimum delay of a retry if a list is known. */
	static final Duration RETRY = Duration.ofMinutes(1);

	/** How long services that disappear together are kept. */
	static final Duration HOLD = Duration.ofSeconds(10);

	/** The maximum number of reported services; further reports only trigger a fetch. */
	private static final int MAX_REPORTED = 10_000;

	/** With at least this many services, the loss of more than half is suspicious. */
	private static final int MANY = 5;

	private static final Logger logger = LoggerFactory.getLogger(ServiceList.class);

	private final Namespace namespace;

	private final Registry registry;

	private final ChangeSignal signal;

	private final Executor executor;

	private final Timer timer;

	private final CatalogSettings settings;

	private final LookupLoop loop;

	private final AtomicBoolean started = new AtomicBoolean();

	/** Completes with the first fetch; later callers do not wait. */
	private final CompletableFuture<Services> first = new CompletableFuture<>();

	private final List<Consumer<Update>> followers = new CopyOnWriteArrayList<>();

	/** The services whose changes were reported since the last fetch began. */
	private final Set<String> reported = ConcurrentHashMap.newKeySet();

	private volatile @Nullable Services known;

	private volatile @Nullable DiscoveryException failure;

	/** When to fetch again, by the monotonic clock; MAX during a fetch. */
	private volatile Instant due = Instant.MAX;

	private volatile ChangeSignal.@Nullable Subscription changes;

	/** Accessed by one fetch at a time, as is {@link #holdUntil}. */
	private Backoff backoff = Backoff.first();

	/** When kept services are dropped; null if none are kept. */
	private @Nullable Instant holdUntil;

	/**
	 * Creates the list without fetching it.
	 * @param namespace the namespace
	 * @param registry lists the services
	 * @param signal reports changes
	 * @param executor runs the blocking calls of the registry
	 * @param timer schedules them
	 * @param settings the timeout of a fetch, and the interval of fetches with change
	 * notifications ({@link CatalogSettings#fullRefresh()})
	 */
	public ServiceList(Namespace namespace, Registry registry, ChangeSignal signal, Executor executor, Timer timer,
			CatalogSettings settings) {
		this.namespace = namespace;
		this.registry = registry;
		this.signal = signal;
		this.executor = executor;
		this.timer = timer;
		this.settings = settings;
		this.loop = new LookupLoop(timer, new Fetch());
	}

	/**
	 * The names of the services that have instances, healthy or not, and of those whose
	 * number of instances the registry does not report.
	 * @return the names without the namespace, sorted, available at once after the first
	 * fetch; fails with {@link DiscoveryException} if no fetch has succeeded
	 */
	public CompletableFuture<List<String>> names() {
		return fetched().thenApply(Services::withInstances);
	}

	/**
	 * The names of all services, including those without instances.
	 * @return as {@link #names()}
	 */
	public CompletableFuture<List<String>> allNames() {
		return fetched().thenApply(Services::all);
	}

	/**
	 * The last fetched names of all services, including those without instances. Does not
	 * wait.
	 * @return the names without the namespace, sorted; null if they are not known yet
	 */
	public @Nullable List<String> known() {
		startOrRefresh();
		Services services = this.known;
		return (services != null) ? services.all() : null;
	}

	/**
	 * Subscribes to updates, which keeps the list fresh.
	 * @param follower receives each fetch that returned a different list or follows
	 * reported changes; runs on a thread of the library and must not block
	 */
	public void follow(Consumer<Update> follower) {
		this.followers.add(follower);
		startOrRefresh();
	}

	private CompletableFuture<Services> fetched() {
		startOrRefresh();
		Services services = this.known;
		return (services != null) ? CompletableFuture.completedFuture(services) : this.first.copy();
	}

	private void startOrRefresh() {
		if (this.started.compareAndSet(false, true)) {
			try {
				// before the first fetch, so that no change is missed
				this.changes = this.signal.subscribe(this.namespace, this::changed);
			}
			catch (RuntimeException ex) {
				logger.error("Could not subscribe to changes of the services of {}", this.namespace, ex);
			}
			if (!this.loop.start()) {
				// closed before the subscription existed
				unsubscribe();
			}
		}
		else if (!this.timer.steady().isBefore(this.due)) {
			this.loop.trigger(RefreshTrigger.TIME);
		}
	}

	private void changed(@Nullable String service) {
		if (service != null && this.reported.size() < MAX_REPORTED) {
			this.reported.add(service);
		}
		this.loop.trigger(RefreshTrigger.SERVICES);
	}

	/**
	 * Stops all fetches. A known list remains readable; otherwise callers receive a
	 * failure.
	 */
	@Override
	public void close() {
		this.started.set(true);
		this.loop.stop();
		unsubscribe();
		this.first.completeExceptionally(new DiscoveryException(
				"The services of " + this.namespace + " are not listed: the application is stopping"));
	}

	private void unsubscribe() {
		ChangeSignal.Subscription subscription = this.changes;
		if (subscription != null) {
			subscription.close();
		}
	}

	private Duration interval() {
		Duration polls = (this.settings.fullRefresh().compareTo(POLL) > 0) ? this.settings.fullRefresh() : POLL;
		return Backoff.lengthened(isCovered() ? this.settings.fullRefresh() : polls);
	}

	private boolean isCovered() {
		ChangeSignal.Subscription subscription = this.changes;
		try {
			return subscription != null && subscription.coverage() == Coverage.FULL;
		}
		catch (RuntimeException ex) {
			logger.debug("The coverage of change notifications for the services of {} is unknown", this.namespace, ex);
			return false;
		}
	}

	private Duration succeeded(Set<ListedService> found, Set<String> changed) {
		Services before = this.known;
		Services after = held(before, Services.of(found));
		this.known = after;
		this.first.complete(after);
		if (this.failure != null) {
			logger.info("The services of {} can be listed again", this.namespace);
			this.failure = null;
		}
		this.backoff = Backoff.first();
		List<String> namesBefore = (before != null) ? before.withInstances() : List.of();
		Update update = new Update(namesBefore, after.withInstances(), changed);
		if (update.isChange() || !changed.isEmpty()) {
			this.followers.forEach((follower) -> notifyFollower(follower, update));
		}
		Instant hold = this.holdUntil;
		Duration interval = interval();
		return (hold != null) ? Durations.shorter(interval, Duration.between(this.timer.steady(), hold)) : interval;
	}

	/**
	 * Keeps services if all of them, or more than half of many, disappear together, until
	 * a later fetch confirms it: a restarted registry has no services until their
	 * instances are registered again.
	 */
	private Services held(@Nullable Services before, Services found) {
		Set<String> lost = new HashSet<>((before != null) ? before.withInstances() : List.of());
		int known = lost.size();
		lost.removeAll(found.withInstances());
		Instant now = this.timer.steady();
		if (lost.isEmpty()) {
			this.holdUntil = null;
		}
		else if (this.holdUntil == null && (lost.size() == known || (known >= MANY && lost.size() > known / 2))) {
			this.holdUntil = now.plus(HOLD);
		}
		Instant hold = this.holdUntil;
		if (before == null || hold == null || !now.isBefore(hold)) {
			this.holdUntil = null;
			return found;
		}
		return found.with(before);
	}

	private Duration failed(Throwable ex, Set<String> changed) {
		DiscoveryException translated = translate(Futures.cause(ex));
		this.reported.addAll(changed);
		if (this.failure == null) {
			logger.warn("The services of {} could not be listed. {}: {}", this.namespace,
					(this.known != null) ? "The last list is kept" : "None are known", translated.getMessage());
		}
		this.failure = translated;
		this.first.completeExceptionally(translated);
		Duration delay = this.backoff.delay();
		this.backoff = this.backoff.next();
		if (!(translated instanceof RegistryUnavailableException)) {
			// a quick retry does not help, as when a permission is missing
			return interval();
		}
		// AWS throttles ListServices, and no caller is waiting
		return (this.known != null) ? Backoff.lengthened(RETRY) : delay;
	}

	private DiscoveryException translate(Throwable ex) {
		if (ex instanceof DiscoveryException known) {
			return known;
		}
		return (ex instanceof TimeoutException)
				? new RegistryUnavailableException("The registry did not list the services of " + this.namespace
						+ " within " + this.settings.timeout().toMillis() + " ms (discovery.lookup.timeout)", ex)
				: new DiscoveryException("Listing the services of " + this.namespace + " failed: " + ex, ex);
	}

	private static void notifyFollower(Consumer<Update> follower, Update update) {
		try {
			follower.accept(update);
		}
		catch (RuntimeException | Error ex) {
			logger.error("A follower of the list of services failed", ex);
		}
	}

	/**
	 * A completed fetch.
	 *
	 * @param before the services with instances before
	 * @param after the services with instances now
	 * @param reported the services whose changes were reported before the fetch
	 */
	public record Update(List<String> before, List<String> after, Set<String> reported) {

		/**
		 * Whether the set of services with instances has changed.
		 */
		public boolean isChange() {
			return !this.before.equals(this.after);
		}

	}

	private record Services(List<String> all, List<String> withInstances) {

		static Services of(Set<ListedService> services) {
			return new Services(services.stream().map(ListedService::name).sorted().toList(),
					services.stream()
						.filter((service) -> !service.isEmpty())
						.map(ListedService::name)
						.sorted()
						.toList());
		}

		Services with(Services others) {
			return new Services(union(this.all, others.all), union(this.withInstances, others.withInstances));
		}

		private static List<String> union(List<String> some, List<String> others) {
			Set<String> union = new TreeSet<>(some);
			union.addAll(others);
			return List.copyOf(new ArrayList<>(union));
		}

	}

	private final class Fetch implements LookupLoop.Lookup {

		@Override
		public Duration remaining() {
			Duration left = Duration.between(ServiceList.this.timer.steady(), ServiceList.this.due);
			boolean past = left.isNegative() || left.isZero();
			return (past && ServiceList.this.followers.isEmpty()) ? interval() : left;
		}

		@Override
		public CompletionStage<Duration> begin(RefreshTrigger trigger) {
			ServiceList.this.due = Instant.MAX;
			Set<String> changed = Set.copyOf(ServiceList.this.reported);
			ServiceList.this.reported.removeAll(changed);
			// a rejected task is handled as a failure
			return CompletableFuture.completedFuture(ServiceList.this.namespace)
				.thenApplyAsync(ServiceList.this.registry::services, ServiceList.this.executor)
				.orTimeout(ServiceList.this.settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
				.handle((found, ex) -> (found != null) ? succeeded(found, changed) : failed(ex, changed))
				.exceptionally((ex) -> {
					logger.error("The list of services of {} could not be applied", ServiceList.this.namespace, ex);
					return failed(ex, changed);
				})
				.thenApply((delay) -> {
					ServiceList.this.due = ServiceList.this.timer.steady().plus(delay);
					return delay;
				});
		}

	}

}
