package dev.cloudmap.discovery.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
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
import dev.cloudmap.discovery.thread.Timer;

/**
 * Caches the instances of the application's other discovery clients, so that several
 * registries can be used together. Each requested service is refreshed in the background
 * as often as a service of the catalog ({@code discovery.lookup.refresh}), and evicted
 * after {@code discovery.lookup.idle} without requests. A service without instances is
 * evicted if it was not requested since the last refresh. Callers wait for the first
 * result only. When a client fails, its last result is kept. Thread-safe.
 */
public final class OtherDiscoveryClients {

	/** The maximum number of services. */
	static final int MAX_SERVICES = 10_000;

	private static final Logger logger = LoggerFactory.getLogger(OtherDiscoveryClients.class);

	private final Supplier<List<DiscoveryClient>> clients;

	private final Namespaces namespaces;

	private final Executor executor;

	private final Timer timer;

	private final CatalogSettings settings;

	private final int order;

	private final Map<String, Entry> services = new ConcurrentHashMap<>();

	/**
	 * Once true, stays true. While false, a client may still be created or receive
	 * instances.
	 */
	private volatile boolean preferred;

	/** The descriptions of failed clients. */
	private final Set<String> failing = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the cache with the default order.
	 */
	public OtherDiscoveryClients(Supplier<List<DiscoveryClient>> clients, Namespaces namespaces, Executor executor,
			Timer timer, CatalogSettings settings) {
		this(clients, namespaces, executor, timer, settings, DiscoveryClient.DEFAULT_ORDER);
	}

	/**
	 * Creates the cache.
	 * @param clients the other clients in their order, without those of this library and
	 * without composite clients
	 * @param namespaces resolves service ids
	 * @param executor calls the clients, which may block
	 * @param timer schedules refreshes
	 * @param settings the timeout, the refresh interval and the idle time
	 * @param order the order of this library; clients with a lower one come first
	 */
	public OtherDiscoveryClients(Supplier<List<DiscoveryClient>> clients, Namespaces namespaces, Executor executor,
			Timer timer, CatalogSettings settings, int order) {
		this.clients = clients;
		this.namespaces = namespaces;
		this.executor = executor;
		this.timer = timer;
		this.settings = settings;
		this.order = order;
	}

	/**
	 * The order of this library's own clients among all clients.
	 */
	int ownOrder() {
		return this.order;
	}

	/**
	 * Whether there are other clients.
	 */
	public boolean exist() {
		return !clients().isEmpty();
	}

	/**
	 * Whether any client precedes this library by its order.
	 */
	public boolean arePreferred() {
		if (this.preferred) {
			return true;
		}
		// each call asks: a loop and the order first, since it is cheap
		for (DiscoveryClient client : this.clients.get()) {
			if (isPreferred(client) && OtherClientBeans.hasInstances(client)) {
				this.preferred = true;
				return true;
			}
		}
		return false;
	}

	private List<DiscoveryClient> clients() {
		return this.clients.get().stream().filter(OtherClientBeans::hasInstances).toList();
	}

	/**
	 * The clients' descriptions.
	 */
	public List<String> descriptions() {
		return clients().stream().map(DiscoveryClient::description).toList();
	}

	/**
	 * Returns the instances of a service: at once if they are known, otherwise when all
	 * clients have responded or {@code discovery.lookup.timeout} has passed.
	 * @param serviceId the requested id
	 * @return the instances of the first client that has any; never fails
	 */
	public CompletableFuture<OtherInstances> instances(String serviceId) {
		Entry service = this.services.get(serviceId);
		if (service == null) {
			if (!exist() || !hasRoom()) {
				return CompletableFuture.completedFuture(OtherInstances.NONE);
			}
			Entry created = new Entry(serviceId);
			service = this.services.putIfAbsent(serviceId, created);
			if (service == null) {
				service = created;
				service.refresh();
			}
		}
		service.requested = true;
		return service.first.isDone() ? CompletableFuture.completedFuture(service.known) : service.first.copy();
	}

	/**
	 * Returns the known instances of a service. Calls no client.
	 * @param serviceId the requested id
	 * @return the instances; null if the service was not requested before or no client
	 * has responded yet
	 */
	public @Nullable OtherInstances known(String serviceId) {
		Entry service = this.services.get(serviceId);
		if (service == null) {
			return null;
		}
		service.requested = true;
		return service.first.isDone() ? service.known : null;
	}

	/**
	 * Whether a service is known to have instances. Calls no client and does not count as
	 * a request.
	 * @param serviceId the requested id
	 */
	public boolean hasInstances(String serviceId) {
		Entry service = this.services.get(serviceId);
		return service != null && !service.known.isEmpty();
	}

	/**
	 * Whether another service can be added. Evicts services without instances at the
	 * limit.
	 */
	private boolean hasRoom() {
		if (this.services.size() >= MAX_SERVICES) {
			this.services.values().removeIf((service) -> service.first.isDone() && service.known.isEmpty());
		}
		return this.services.size() < MAX_SERVICES;
	}

	private boolean isPreferred(DiscoveryClient client) {
		return client.getOrder() < this.order;
	}

	/**
	 * The ids to try in other clients, which may not support namespaces.
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

	private final class Entry {

		private final String id;

		private final CompletableFuture<OtherInstances> first = new CompletableFuture<>();

		private volatile OtherInstances known = OtherInstances.NONE;

		private volatile boolean requested = true;

		/** The time since the last request. Accessed by one refresh at a time. */
		private Duration idleTime = Duration.ZERO;

		private Entry(String id) {
			this.id = id;
			Duration timeout = OtherDiscoveryClients.this.settings.timeout();
			var unused = this.first.completeOnTimeout(OtherInstances.NONE, timeout.toMillis(), TimeUnit.MILLISECONDS);
		}

		private void refresh() {
			try {
				OtherDiscoveryClients.this.executor.execute(() -> {
					find();
					scheduleRefresh();
				});
			}
			catch (RejectedExecutionException ex) {
				this.first.complete(OtherInstances.NONE);
				scheduleRefresh();
			}
		}

		private void scheduleRefresh() {
			Duration delay = Backoff.jittered(OtherDiscoveryClients.this.settings.refresh());
			OtherDiscoveryClients.this.timer.schedule(this::refreshUnlessIdle, delay);
		}

		private void refreshUnlessIdle() {
			if (OtherDiscoveryClients.this.services.get(this.id) != this) {
				return;
			}
			CatalogSettings settings = OtherDiscoveryClients.this.settings;
			this.idleTime = this.requested ? Duration.ZERO : this.idleTime.plus(settings.refresh());
			this.requested = false;
			// names without instances may be made up: they are evicted if there was no
			// request between two checks
			boolean idle = this.known.isEmpty() ? !this.idleTime.isZero()
					: this.idleTime.compareTo(settings.idle()) > 0;
			if (idle) {
				OtherDiscoveryClients.this.services.remove(this.id, this);
			}
			else {
				refresh();
			}
		}

		/** Calls the clients until one has instances. A failure keeps the known ones. */
		private void find() {
			OtherInstances found = OtherInstances.NONE;
			boolean failed = false;
			for (DiscoveryClient client : clients()) {
				List<ServiceInstance> instances = find(client);
				failed |= instances == null;
				if (instances != null && !instances.isEmpty()) {
					found = isPreferred(client) ? new OtherInstances(instances, List.of())
							: new OtherInstances(List.of(), instances);
					break;
				}
			}
			if (!found.isEmpty() || !failed) {
				this.known = found;
			}
			this.first.complete(found);
		}

		/** The instances that a client has; null if it fails. */
		private @Nullable List<ServiceInstance> find(DiscoveryClient client) {
			try {
				List<ServiceInstance> found = ids(this.id).stream()
					.map(client::getInstances)
					.filter((instances) -> instances != null && !instances.isEmpty())
					.findFirst()
					.orElse(List.of());
				OtherDiscoveryClients.this.failing.remove(client.description());
				return List.copyOf(found);
			}
			catch (RuntimeException | Error ex) {
				if (OtherDiscoveryClients.this.failing.add(client.description())) {
					logger.warn("{} could not look up {}. Its last result is kept", client.description(), this.id, ex);
				}
				return null;
			}
		}

	}

}
