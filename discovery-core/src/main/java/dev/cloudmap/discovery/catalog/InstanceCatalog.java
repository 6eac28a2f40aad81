package dev.cloudmap.discovery.catalog;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.thread.LogLimit;
import dev.cloudmap.discovery.thread.Timer;

/**
 * What is known of each service that this application calls. A service is watched from
 * the first time it is asked for until nobody has asked for it in a while. A failed
 * look-up changes nothing that is known.
 */
public final class InstanceCatalog implements AutoCloseable {

	/** More names than any application calls: who asks for more makes them up. */
	static final int MAX_SERVICES = 10_000;

	/**
	 * After so many further services those without instances are dropped; the next call
	 * looks them up again. Those whose lookups fail are dropped at {@link #MAX_SERVICES}
	 * only, since that ends their back-off.
	 */
	static final int SWEEP = 1000;

	/**
	 * How many ids are kept, such as {@code worker} and {@code worker.corp}; others are
	 * taken apart each time.
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

	/** The services by their ids as they were given: what a read needs. */
	private final Map<String, WatchedService> ids = new ConcurrentHashMap<>();

	/** Written under its lock. */
	private final Map<ServiceName, WatchedService> services = new ConcurrentHashMap<>();

	private final LastKnown lastKnown = new LastKnown();

	private final LogLimit logLimit;

	private volatile boolean heartbeats;

	/** How many services cause a sweep; guarded by the services' lock. */
	private int sweepAt = SWEEP;

	/** Guarded by the services' lock. */
	private boolean closed;

	/**
	 * Creates an empty catalog.
	 * @param namespaces what ids mean; not null
	 * @param source looks services up; not null
	 * @param attributes looks up the attributes of instances that the source finds
	 * without
	 * @param signal tells of changes; not null
	 * @param timer keeps them fresh; not null
	 * @param settings how; not null
	 * @param snapshot what was known when the application ran before; null if it isn't
	 * kept
	 * @param listeners are told of changes; not null
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
	 * The service that an id means, which is watched from now on.
	 * @param serviceId the id, such as {@code worker} or {@code worker.corp}; not null
	 * @return the service, never null
	 * @throws InvalidNameException if the id can't be a service's
	 * @throws DiscoveryException if too many services are watched already, or nothing is
	 * looked up any more
	 */
	public WatchedService service(String serviceId) {
		WatchedService known = this.ids.get(serviceId);
		return (known != null) ? known : serviceOfNewId(serviceId);
	}

	/**
	 * Whether a service is watched that has instances. Begins nothing.
	 * @param serviceId the service's id
	 */
	public boolean hasInstances(String serviceId) {
		WatchedService known = this.ids.get(serviceId);
		return known != null && known.hasInstances();
	}

	/**
	 * Whether a service is watched that has instances. Begins nothing.
	 * @param name the service's name
	 */
	public boolean hasInstances(ServiceName name) {
		WatchedService known = this.services.get(name);
		return known != null && known.hasInstances();
	}

	/**
	 * The ids by which services of the default namespace are looked up.
	 * @param names the services' own names
	 * @return their ids, without those that have none
	 */
	public List<String> serviceIds(List<String> names) {
		return names.stream().map(this.namespaces::serviceId).filter(Objects::nonNull).toList();
	}

	/**
	 * The services that are watched.
	 */
	public Collection<WatchedService> watched() {
		return List.copyOf(this.services.values());
	}

	/**
	 * Heartbeats have listeners, which look services up when there is one: from now on no
	 * service that has instances and was looked up since the last heartbeat becomes idle.
	 */
	public void expectHeartbeats() {
		this.heartbeats = true;
	}

	/**
	 * A heartbeat is about to be published.
	 */
	public void heartbeat() {
		this.services.values().forEach((service) -> service.heartbeat(this.timer.now()));
	}

	/**
	 * The ids by which a service was asked for.
	 * @param service the service; not null
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
	 * Begins to tell of a service's changes. It is watched until that is ended.
	 * @param serviceId the service's id; not null
	 * @param follower is given the instances after each change, none when what was known
	 * is dropped, on one of the library's threads, and must not block; not null
	 * @return what ends it; never null
	 * @throws DiscoveryException as {@link #service(String)}
	 */
	public Runnable follow(String serviceId, Consumer<List<ServiceInstance>> follower) {
		while (true) {
			WatchedService service = service(serviceId);
			if (service.follow(follower)) {
				return () -> service.unfollow(follower);
			}
			// it has just been given up: the next one is new
			remove(service);
		}
	}

	/**
	 * A request to an instance could not connect.
	 * @param instance the instance, of this catalog or of anybody else; not null
	 */
	public void suspect(ServiceInstance instance) {
		Instance own = instance(instance);
		WatchedService service = (own != null) ? this.services.get(own.service())
				: this.ids.get(instance.getServiceId());
		if (service != null) {
			service.suspect();
		}
	}

	/**
	 * The instance that a client was given, which may have wrapped it, as Spring Cloud
	 * Gateway does, or made it anew.
	 * @param instance the instance, of this catalog or of anybody else; not null
	 * @return the instance as it is known; null if none has its service, host and port
	 */
	public @Nullable Instance instance(ServiceInstance instance) {
		CatalogServiceInstance own = own(instance);
		return (own != null) ? own.instance() : null;
	}

	/**
	 * The same as a client is given it.
	 * @param instance the instance, of this catalog or of anybody else; not null
	 * @return the instance as it is known; null if none has its service, host and port
	 */
	public @Nullable CatalogServiceInstance own(ServiceInstance instance) {
		if (instance instanceof CatalogServiceInstance own) {
			return own;
		}
		String id = instance.getServiceId();
		WatchedService likely = (id != null) ? this.ids.get(id) : null;
		CatalogServiceInstance found = (likely != null) ? inPlaceOf(instance, likely) : null;
		if (found != null) {
			return found;
		}
		for (WatchedService service : this.services.values()) {
			// an instance's id of its service tells no namespace
			if (service != likely && service.name().name().equalsIgnoreCase(id)) {
				found = inPlaceOf(instance, service);
				if (found != null) {
					return found;
				}
			}
		}
		return null;
	}

	private static @Nullable CatalogServiceInstance inPlaceOf(ServiceInstance instance, WatchedService service) {
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
	 * Forgets all services that have no follower: each is looked up when it is next asked
	 * for, as after the start, and its next caller waits for that. Tests begin so, whose
	 * services have nothing to do with those of the test before.
	 */
	public void forget() {
		this.services.values().stream().filter(WatchedService::stopUnlessFollowed).toList().forEach(this::remove);
		this.lastKnown.clear();
	}

	/**
	 * Looks nothing up any more. What is known can still be read.
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

	private WatchedService serviceOfNewId(String serviceId) {
		WatchedService service = service(this.namespaces.serviceName(serviceId));
		if (this.ids.size() < MAX_IDS) {
			this.ids.put(serviceId, service);
			if (this.services.get(service.name()) != service) {
				// given up meanwhile
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
				throw Refresher.stopping(name);
			}
			if (this.services.size() >= MAX_SERVICES) {
				throw new DiscoveryException(
						"Service " + name + " was asked for, but " + MAX_SERVICES + " services are watched already",
						"Call no services by names that come from outside, or lower discovery.lookup.idle", null);
			}
			created = create(name);
			this.services.put(name, created);
		}
		created.start(this::remove);
		return created;
	}

	/**
	 * Drops the services without instances, which names that are made up do not have.
	 */
	private void sweepIfFull() {
		boolean full;
		synchronized (this.services) {
			if (this.services.size() < this.sweepAt) {
				return;
			}
			full = this.services.size() >= MAX_SERVICES;
			// further callers need not wait for this one
			this.sweepAt = MAX_SERVICES;
		}
		Predicate<WatchedService> stop = full ? WatchedService::stopIfUnknown : WatchedService::stopIfEmpty;
		this.services.values().stream().filter(stop).toList().forEach(this::remove);
		synchronized (this.services) {
			this.sweepAt = Math.min(MAX_SERVICES, this.services.size() + SWEEP);
		}
	}

	private WatchedService create(ServiceName name) {
		UsageTracker usage = new UsageTracker(this.settings, () -> this.heartbeats, this.timer.now());
		Stream<Consumer<CatalogEntry>> told = this.listeners.stream()
			.map((listener) -> (entry) -> listener.onChange(entry.set()));
		ServiceState state = new ServiceState(name, this.settings.maxStaleness(), this.lastKnown, this.snapshot,
				this.logLimit,
				Stream.concat(told, Stream.of((entry) -> usage.tell(entry.serviceInstances()))).toList());
		Refresher refresher = new Refresher(name, this.source, this.attributes, this.signal, this.timer, this.settings,
				state, usage);
		return new WatchedService(name, state, usage, refresher);
	}

	private void remove(WatchedService service) {
		synchronized (this.services) {
			CatalogEntry entry = service.entry();
			if (entry != null && this.services.get(service.name()) == service) {
				this.lastKnown.keep(entry);
			}
			this.services.remove(service.name(), service);
		}
		this.ids.values().removeIf((watched) -> watched == service);
	}

}
