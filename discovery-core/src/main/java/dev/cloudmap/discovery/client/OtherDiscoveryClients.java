package dev.cloudmap.discovery.client;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.CatalogSettings;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Caches the instances that the application's other discovery clients find, so that
 * several registries can be used side by side. Each requested service is refreshed in the
 * background as often as a service of the catalog ({@code discovery.lookup.refresh}), and
 * evicted after {@code discovery.lookup.idle} without requests; one without instances is
 * evicted when it was not requested since the last refresh. Callers wait for the first
 * answer only. When a client fails, its last answer stays. Thread-safe.
 */
public final class OtherDiscoveryClients {

	/** More names than any application calls. */
	static final int MAX_SERVICES = 10_000;

	private static final Logger logger = LoggerFactory.getLogger(OtherDiscoveryClients.class);

	private final Supplier<List<DiscoveryClient>> clients;

	private final Namespaces namespaces;

	private final Executor executor;

	private final Timer timer;

	private final CatalogSettings settings;

	private final Map<String, Service> services = new ConcurrentHashMap<>();

	/** Only true is final: a client may be created, or be given instances, later. */
	private volatile boolean preferred;

	/** The clients that have failed, by their descriptions. */
	private final Set<String> failing = ConcurrentHashMap.newKeySet();

	/**
	 * Creates what asks the other clients.
	 * @param clients the other clients in their order, without this library's own and
	 * without composites of them
	 * @param namespaces what service ids mean
	 * @param executor asks the clients, which may block
	 * @param timer schedules it
	 * @param settings how long a first caller waits, how often the clients are asked and
	 * when a service is forgotten
	 */
	public OtherDiscoveryClients(Supplier<List<DiscoveryClient>> clients, Namespaces namespaces, Executor executor,
			Timer timer, CatalogSettings settings) {
		this.clients = clients;
		this.namespaces = namespaces;
		this.executor = executor;
		this.timer = timer;
		this.settings = settings;
	}

	/**
	 * Whether there are any that may know a service.
	 */
	public boolean exist() {
		return !this.clients.get().isEmpty();
	}

	/**
	 * Whether the order of any comes before this library's.
	 */
	public boolean arePreferred() {
		if (!this.preferred && this.clients.get().stream().anyMatch(OtherDiscoveryClients::isPreferred)) {
			this.preferred = true;
		}
		return this.preferred;
	}

	/**
	 * The clients' descriptions.
	 */
	public List<String> descriptions() {
		return this.clients.get().stream().map(DiscoveryClient::description).toList();
	}

	/**
	 * The instances of a service: at once where they are known, and otherwise when all
	 * clients have answered or {@code discovery.lookup.timeout} has passed.
	 * @param serviceId the service as it is called
	 * @return the instances, of the first client that has any; never fails
	 */
	public CompletableFuture<OtherInstances> instances(String serviceId) {
		Service service = this.services.get(serviceId);
		if (service == null) {
			if (!exist() || !hasRoom()) {
				return CompletableFuture.completedFuture(OtherInstances.NONE);
			}
			Service created = new Service(serviceId, this.timer.steady());
			service = this.services.putIfAbsent(serviceId, created);
			if (service == null) {
				service = created;
				service.refresh();
			}
		}
		service.asked = true;
		OtherInstances known = service.known.get();
		return (known != null) ? CompletableFuture.completedFuture(known) : service.first.copy();
	}

	/**
	 * The instances of a service as far as they are known. Asks no client.
	 * @param serviceId the service as it is called
	 * @return the instances; null if the service was not asked for or not answered yet
	 */
	public @Nullable OtherInstances known(String serviceId) {
		Service service = this.services.get(serviceId);
		if (service == null) {
			return null;
		}
		service.asked = true;
		return service.known.get();
	}

	/**
	 * Whether a service is known to have instances. Asks no client, and does not count as
	 * a call.
	 * @param serviceId the service as it is called
	 */
	public boolean hasInstances(String serviceId) {
		Service service = this.services.get(serviceId);
		return service != null && service.hasInstances();
	}

	/**
	 * Whether another service can be kept, for which those without instances are evicted
	 * at the limit.
	 */
	private boolean hasRoom() {
		if (this.services.size() >= MAX_SERVICES) {
			this.services.values().removeIf(Service::isEmpty);
		}
		return this.services.size() < MAX_SERVICES;
	}

	private static boolean isPreferred(DiscoveryClient client) {
		return client.getOrder() < DiscoveryClient.DEFAULT_ORDER;
	}

	/**
	 * Clients of other registries know no namespaces.
	 */
	private List<String> ids(String serviceId) {
		try {
			ServiceName name = this.namespaces.serviceName(serviceId);
			boolean isShorter = name.namespace().equals(this.namespaces.byDefault()) && !name.name().equals(serviceId);
			return isShorter ? List.of(serviceId, name.name()) : List.of(serviceId);
		}
		catch (InvalidNameException ex) {
			return List.of(serviceId);
		}
	}

	private final class Service {

		private final String id;

		private final CompletableFuture<OtherInstances> first = new CompletableFuture<>();

		/** Null until the first answer, or the timeout of the first request. */
		private final AtomicReference<@Nullable OtherInstances> known = new AtomicReference<>();

		private volatile boolean asked = true;

		/** Touched by one request at a time, as is what follows. */
		private Instant lastAsked;

		private boolean failed;

		private Service(String id, Instant now) {
			this.id = id;
			this.lastAsked = now;
			Duration timeout = OtherDiscoveryClients.this.settings.timeout();
			var unused = this.first.completeOnTimeout(OtherInstances.NONE, timeout.toMillis(), TimeUnit.MILLISECONDS)
				.thenAccept((found) -> this.known.compareAndSet(null, found));
		}

		private void refresh() {
			try {
				OtherDiscoveryClients.this.executor.execute(() -> {
					found(find());
					later();
				});
			}
			catch (RejectedExecutionException ex) {
				this.first.complete(OtherInstances.NONE);
				later();
			}
		}

		private void later() {
			Duration delay = Backoff.jittered(OtherDiscoveryClients.this.settings.refresh());
			OtherDiscoveryClients.this.timer.schedule(this::refreshUnlessIdle, delay);
		}

		private void refreshUnlessIdle() {
			if (OtherDiscoveryClients.this.services.get(this.id) != this) {
				return;
			}
			Instant now = OtherDiscoveryClients.this.timer.steady();
			if (this.asked) {
				this.asked = false;
				this.lastAsked = now;
			}
			Duration silence = Duration.between(this.lastAsked, now);
			CatalogSettings settings = OtherDiscoveryClients.this.settings;
			// names without instances may be made up; half of the time between two checks
			// is exceeded if there was no request in between
			Duration idle = hasInstances() ? settings.idle()
					: Durations.shorter(settings.idle(), settings.refresh().dividedBy(2));
			if (silence.compareTo(idle) > 0) {
				OtherDiscoveryClients.this.services.remove(this.id, this);
			}
			else {
				refresh();
			}
		}

		private boolean hasInstances() {
			OtherInstances found = this.known.get();
			return found != null && !found.isEmpty();
		}

		private boolean isEmpty() {
			OtherInstances found = this.known.get();
			return found != null && found.isEmpty();
		}

		private void found(OtherInstances found) {
			if (!found.isEmpty() || !this.failed) {
				this.known.set(found);
			}
			this.first.complete(found);
		}

		private OtherInstances find() {
			this.failed = false;
			for (DiscoveryClient client : OtherDiscoveryClients.this.clients.get()) {
				List<ServiceInstance> instances = find(client);
				if (!instances.isEmpty()) {
					return isPreferred(client) ? new OtherInstances(instances, List.of())
							: new OtherInstances(List.of(), instances);
				}
			}
			return OtherInstances.NONE;
		}

		private List<ServiceInstance> find(DiscoveryClient client) {
			try {
				for (String candidate : ids(this.id)) {
					List<ServiceInstance> instances = client.getInstances(candidate);
					if (instances != null && !instances.isEmpty()) {
						OtherDiscoveryClients.this.failing.remove(client.description());
						return List.copyOf(instances);
					}
				}
				OtherDiscoveryClients.this.failing.remove(client.description());
			}
			catch (RuntimeException | Error ex) {
				this.failed = true;
				if (OtherDiscoveryClients.this.failing.add(client.description())) {
					logger.warn("{} could not be asked for {}: what it told before stays", client.description(),
							this.id, ex);
				}
			}
			return List.of();
		}

	}

}
