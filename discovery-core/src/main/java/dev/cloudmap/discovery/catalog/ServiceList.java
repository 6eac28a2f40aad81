package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.catalog.entry.MassLossGuard;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.change.ChangeSignal.Coverage;
import dev.cloudmap.discovery.registry.ListedService;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;
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

	/** The maximum number of reported services; further reports only trigger a fetch. */
	private static final int MAX_REPORTED = 10_000;

	private static final Logger logger = LoggerFactory.getLogger(ServiceList.class);

	private final Namespace namespace;

	private final Registry registry;

	private final ChangeSignal signal;

	private final Executor executor;

	private final Timer timer;

	private final CatalogSettings settings;

	private final LookupLoop<Set<ListedService>> loop;

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

	/** Accessed by one fetch at a time, as is {@link #guard}. */
	private Set<String> changed = Set.of();

	/** Keeps services whose instances disappear together. */
	private MassLossGuard<String> guard = MassLossGuard.none();

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
		this.loop = new LookupLoop<>("the services of " + namespace, timer, settings.timeout(),
				new LookupLoop.Lookup<>(this::remaining, this::fetch, this::succeeded, this::failed));
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
			this.loop.start(() -> this.signal.subscribe(this.namespace, this::changed));
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
		this.first.completeExceptionally(new DiscoveryException(
				"The services of " + this.namespace + " are not listed: the application is stopping"));
	}

	private Duration remaining() {
		Duration left = Duration.between(this.timer.steady(), this.due);
		boolean past = left.isNegative() || left.isZero();
		return (past && this.followers.isEmpty()) ? interval() : left;
	}

	private CompletionStage<Set<ListedService>> fetch(RefreshTrigger trigger) {
		this.due = Instant.MAX;
		this.changed = Set.copyOf(this.reported);
		this.reported.removeAll(this.changed);
		return CompletableFuture.supplyAsync(() -> this.registry.services(this.namespace), this.executor);
	}

	private Duration interval() {
		Duration full = this.settings.fullRefresh();
		boolean isShort = this.loop.coverage() == Coverage.FULL || full.compareTo(POLL) > 0;
		return Backoff.lengthened(isShort ? full : POLL);
	}

	private Duration succeeded(Set<ListedService> found, RefreshTrigger trigger) {
		List<String> before = (this.known != null) ? this.known.withInstances() : List.of();
		Services services = Services.of(found);
		this.guard = this.guard.next(Function.identity(), before, services.withInstances(), this.timer.steady());
		Services after = services.with(this.guard.held().keySet());
		this.known = after;
		this.first.complete(after);
		if (this.failure != null) {
			logger.info("The services of {} can be listed again", this.namespace);
			this.failure = null;
		}
		Update update = new Update(before, after.withInstances(), this.changed);
		if (update.isChange() || !update.reported().isEmpty()) {
			this.followers.forEach((follower) -> notifyFollower(follower, update));
		}
		Instant hold = this.guard.end();
		Duration interval = interval();
		return dueIn(
				(hold != null) ? Durations.shorter(interval, Duration.between(this.timer.steady(), hold)) : interval);
	}

	private Duration failed(DiscoveryException failure, Duration backoff) {
		this.reported.addAll(this.changed);
		this.guard = this.guard.afterFailure();
		if (this.failure == null) {
			logger.warn("The services of {} could not be listed. {}: {}", this.namespace,
					(this.known != null) ? "The last list is kept" : "None are known", failure.getMessage());
		}
		this.failure = failure;
		this.first.completeExceptionally(failure);
		if (!(failure instanceof RegistryUnavailableException)) {
			// a quick retry does not help, as when a permission is missing
			return dueIn(interval());
		}
		// AWS throttles ListServices, and no caller is waiting
		return dueIn((this.known != null) ? Backoff.lengthened(RETRY) : backoff);
	}

	private Duration dueIn(Duration delay) {
		this.due = this.timer.steady().plus(delay);
		return delay;
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

		Services with(Set<String> others) {
			return new Services(union(this.all, others), union(this.withInstances, others));
		}

		private static List<String> union(List<String> some, Set<String> others) {
			return Stream.concat(some.stream(), others.stream()).distinct().sorted().toList();
		}

	}

}
