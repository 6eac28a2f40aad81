package dev.cloudmap.discovery.catalog;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.attribute.AttributeSource;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;
import dev.cloudmap.discovery.catalog.entry.CatalogSnapshot;
import dev.cloudmap.discovery.catalog.entry.LastKnown;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.thread.LogLimit;
import dev.cloudmap.discovery.thread.Timer;

/**
 * The cache of the instances of each service that this application calls. The first
 * request for a service starts its refresh, which stops after a time without requests. A
 * failed lookup does not change a known list. Thread-safe; reads do not block.
 */
public final class InstanceCatalog implements AutoCloseable {

	/**
	 * The maximum number of services. An application that exceeds it uses made-up names.
	 */
	static final int MAX_SERVICES = 10_000;

	/**
	 * After this many new services, services without instances are removed; the next
	 * request looks them up again. Services whose lookups fail are removed only at
	 * {@link #MAX_SERVICES}, since removal resets their back-off.
	 */
	static final int SWEEP = 1000;

	/**
	 * How many ids, such as {@code worker} and {@code worker.corp}, are cached; other ids
	 * are parsed for each request.
	 */
	static final int MAX_IDS = 2 * MAX_SERVICES;

	private final Namespaces namespaces;

	private final InstanceSource source;

	private final AttributeSource attributes;

	private final ChangeSignal signal;

	private final Timer timer;

	private final CatalogSettings settings;

	private final @Nullable CatalogSnapshot snapshot;

	private final List<CatalogListener> listeners;

	/** The services by requested id. */
	private final Map<String, WatchedService> ids = new ConcurrentHashMap<>();

	/** Writes are guarded by the map. */
	private final Map<ServiceName, WatchedService> services = new ConcurrentHashMap<>();

	private final LastKnown lastKnown = new LastKnown();

	private final LogLimit logLimit;

	private volatile boolean heartbeats;

	/** The number of services that triggers a sweep; guarded by {@link #services}. */
	private int sweepAt = SWEEP;

	/** Guarded by {@link #services}. */
	private boolean closed;

	/**
	 * Creates an empty catalog.
	 * @param namespaces resolves service ids
	 * @param source looks services up
	 * @param attributes looks up attributes that the source does not provide
	 * @param signal reports changes
	 * @param timer schedules lookups
	 * @param settings intervals and timeouts
	 * @param snapshot the stored lists; null if there are none
	 * @param listeners receive changes
	 */
	public InstanceCatalog(Namespaces namespaces, InstanceSource source, AttributeSource attributes,
			ChangeSignal signal, Timer timer, CatalogSettings settings, @Nullable CatalogSnapshot snapshot,
			List<CatalogListener> listeners) {
		this.namespaces = namespaces;
		this.source = source;
		this.attributes = attributes;
		this.signal = signal;
		this.timer = timer;
		this.settings = settings;
		this.snapshot = snapshot;
		this.listeners = List.copyOf(listeners);
		this.logLimit = new LogLimit(timer);
	}

	/**
	 * Returns the service of an id and starts its refresh.
	 * @param serviceId the id, such as {@code worker} or {@code worker.corp}
	 * @throws InvalidNameException if the id is not a valid service name
	 * @throws DiscoveryException if there are too many services, or the catalog is closed
	 */
	public WatchedService service(String serviceId) {
		WatchedService known = this.ids.get(serviceId);
		return (known != null) ? known : addId(serviceId);
	}

	/**
	 * Whether a service is known to have instances. Starts no lookup.
	 * @param serviceId the id of the service
	 */
	public boolean hasInstances(String serviceId) {
		WatchedService known = this.ids.get(serviceId);
		return known != null && known.hasInstances();
	}

	/**
	 * Whether a service is known to have instances. Starts no lookup.
	 * @param name the name of the service
	 */
	public boolean hasInstances(ServiceName name) {
		WatchedService known = this.services.get(name);
		return known != null && known.hasInstances();
	}

	/**
	 * The services that are refreshed.
	 */
	public Collection<WatchedService> watched() {
		return List.copyOf(this.services.values());
	}

	/**
	 * The service with a name, if it is refreshed. Starts no lookup.
	 * @param name the name of the service
	 * @return the service; null if it is not refreshed
	 */
	public @Nullable WatchedService find(ServiceName name) {
		return this.services.get(name);
	}

	/**
	 * Declares that heartbeats have listeners, which look services up at each heartbeat.
	 * From now on, a service with instances that was requested since the last heartbeat
	 * does not become idle.
	 */
	public void expectHeartbeats() {
		this.heartbeats = true;
	}

	/**
	 * Must be called before each heartbeat is published.
	 */
	public void heartbeat() {
		this.services.values().forEach((service) -> service.heartbeat(this.timer.steady()));
	}

	/**
	 * The ids by which a service was requested.
	 */
	public Set<String> ids(ServiceName service) {
		Set<String> ids = new HashSet<>();
		this.ids.forEach((id, watched) -> {
			if (watched.name().equals(service)) {
				ids.add(id);
			}
		});
		return ids;
	}

	/**
	 * Subscribes to the changes of a service. It does not become idle while it has
	 * followers.
	 * @param serviceId the id of the service
	 * @param follower receives the instances after each change, an empty list when a
	 * stale list is dropped; runs on a thread of the library and must not block
	 * @return ends the subscription
	 * @throws DiscoveryException as {@link #service(String)}
	 */
	public Runnable follow(String serviceId, Consumer<List<ServiceInstance>> follower) {
		while (true) {
			WatchedService service = service(serviceId);
			if (service.follow(follower)) {
				return () -> service.unfollow(follower);
			}
			// it was stopped in the meantime: the next call creates it again
			remove(service);
		}
	}

	/**
	 * Triggers a lookup because a request could not connect to an instance.
	 * @param instance the instance, of this catalog or another source
	 */
	public void suspect(ServiceInstance instance) {
		Instance known = instance(instance);
		WatchedService service = (known != null) ? this.services.get(known.service())
				: this.ids.get(instance.getServiceId());
		if (service != null) {
			service.suspect();
		}
	}

	/**
	 * Returns the instance of this catalog that corresponds to an instance of a client,
	 * which may be a wrapper, as in Spring Cloud Gateway, or a copy.
	 * @param instance the client's instance
	 * @return the instance; null if none has the same service, host and port
	 */
	public @Nullable Instance instance(ServiceInstance instance) {
		CatalogServiceInstance known = catalogInstance(instance);
		return (known != null) ? known.instance() : null;
	}

	/**
	 * As {@link #instance(ServiceInstance)}, but returns Spring Cloud's type.
	 */
	public @Nullable CatalogServiceInstance catalogInstance(ServiceInstance instance) {
		if (instance instanceof CatalogServiceInstance known) {
			return known;
		}
		String id = instance.getServiceId();
		WatchedService likely = (id != null) ? this.ids.get(id) : null;
		CatalogServiceInstance found = (likely != null) ? findByAddress(instance, likely) : null;
		if (found != null) {
			return found;
		}
		for (WatchedService service : this.services.values()) {
			// the service id of an instance contains no namespace
			if (service != likely && service.name().name().equalsIgnoreCase(id)) {
				found = findByAddress(instance, service);
				if (found != null) {
					return found;
				}
			}
		}
		return null;
	}

	private static @Nullable CatalogServiceInstance findByAddress(ServiceInstance instance, WatchedService service) {
		CatalogEntry entry = service.entry();
		if (entry != null) {
			for (ServiceInstance known : entry.serviceInstances()) {
				if (known.getPort() == instance.getPort() && known.getHost().equals(instance.getHost())) {
					return (CatalogServiceInstance) known;
				}
			}
		}
		return null;
	}

	/**
	 * Removes all services without followers. The next request for a service waits for a
	 * new lookup, as after the start. Used to isolate tests from each other.
	 */
	public void forget() {
		this.services.values().stream().filter(WatchedService::stopUnlessFollowed).toList().forEach(this::remove);
		this.lastKnown.clear();
	}

	/**
	 * Stops all lookups. Known lists remain readable.
	 */
	@Override
	public void close() {
		synchronized (this.services) {
			this.closed = true;
		}
		this.services.values().forEach(WatchedService::stop);
		if (this.snapshot != null) {
			this.snapshot.close();
		}
	}

	private WatchedService addId(String serviceId) {
		WatchedService service = service(this.namespaces.serviceName(serviceId));
		if (this.ids.size() < MAX_IDS) {
			this.ids.put(serviceId, service);
			if (this.services.get(service.name()) != service) {
				// removed in the meantime
				this.ids.remove(serviceId, service);
			}
		}
		return service;
	}

	private WatchedService service(ServiceName name) {
		sweepIfFull();
		WatchedService created;
		synchronized (this.services) {
			WatchedService known = this.services.get(name);
			if (known != null) {
				return known;
			}
			if (this.closed) {
				throw WatchedService.stopping(name);
			}
			if (this.services.size() >= MAX_SERVICES) {
				throw new DiscoveryException(
						"Service " + name + " was requested, but the catalog already has " + MAX_SERVICES + " services",
						"Do not take service names from external input, or lower discovery.lookup.idle", null);
			}
			created = create(name);
			this.services.put(name, created);
		}
		created.start(this.signal);
		return created;
	}

	/**
	 * Removes services without instances, since their names may be made up.
	 */
	private void sweepIfFull() {
		boolean full;
		synchronized (this.services) {
			if (this.services.size() < this.sweepAt) {
				return;
			}
			full = this.services.size() >= MAX_SERVICES;
			// concurrent callers do not sweep
			this.sweepAt = MAX_SERVICES;
		}
		Predicate<WatchedService> stop = full ? WatchedService::stopIfUnknown : WatchedService::stopIfEmpty;
		this.services.values().stream().filter(stop).toList().forEach(this::remove);
		synchronized (this.services) {
			this.sweepAt = Math.min(MAX_SERVICES, this.services.size() + SWEEP);
		}
	}

	private WatchedService create(ServiceName name) {
		UsageTracker usage = new UsageTracker(this.settings, () -> this.heartbeats, this.timer.steady());
		Stream<Consumer<CatalogEntry>> listeners = this.listeners.stream()
			.map((listener) -> (entry) -> listener.onChange(entry.set()));
		ServiceState state = new ServiceState(name, this.settings.maxStaleness(), this.lastKnown, this.snapshot,
				this.logLimit,
				Stream.concat(listeners, Stream.of((entry) -> usage.notifyFollowers(entry.serviceInstances())))
					.toList());
		return new WatchedService(name, this.source, this.attributes, this.timer, this.settings, state, usage,
				this::remove);
	}

	private void remove(WatchedService service) {
		synchronized (this.services) {
			CatalogEntry entry = service.entry();
			if (entry != null && this.services.get(service.name()) == service) {
				this.lastKnown.store(entry);
			}
			this.services.remove(service.name(), service);
		}
		this.ids.values().removeIf((watched) -> watched == service);
	}

}
