package dev.cloudmap.discovery.catalog;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.source.InstanceSource;
import dev.cloudmap.discovery.thread.Timer;

/**
 * What is known of each service that this application calls. A service is watched from
 * the first time it is asked for until nobody has asked for it in a while. A failed
 * look-up changes nothing that is known.
 */
public final class InstanceCatalog {

	private final Namespace namespace;

	private final InstanceSource source;

	private final Timer timer;

	private final CatalogSettings settings;

	private final List<CatalogListener> listeners;

	private final Map<ServiceName, WatchedService> services = new ConcurrentHashMap<>();

	/**
	 * Creates an empty catalog.
	 * @param namespace the namespace of services whose id names none; not null
	 * @param source looks services up; not null
	 * @param timer keeps them fresh; not null
	 * @param settings how; not null
	 * @param listeners are told of changes; not null
	 */
	public InstanceCatalog(Namespace namespace, InstanceSource source, Timer timer, CatalogSettings settings,
			List<CatalogListener> listeners) {
		this.namespace = namespace;
		this.source = source;
		this.timer = timer;
		this.settings = settings;
		this.listeners = List.copyOf(listeners);
	}

	/**
	 * The service that an id means, which is watched from now on.
	 * @param serviceId the id, such as {@code worker} or {@code worker.corp}; not null
	 * @return the service, never null
	 * @throws InvalidNameException if the id can't be a service's
	 */
	public WatchedService service(String serviceId) {
		return service(ServiceName.parse(serviceId, this.namespace));
	}

	/**
	 * The services that are watched.
	 */
	public Collection<WatchedService> watched() {
		return List.copyOf(this.services.values());
	}

	private WatchedService service(ServiceName name) {
		WatchedService known = this.services.get(name);
		if (known != null) {
			return known;
		}
		WatchedService created = new WatchedService(name, this.source, this.timer, this.settings, this::tellListeners,
				() -> this.services.remove(name));
		WatchedService earlier = this.services.putIfAbsent(name, created);
		if (earlier != null) {
			return earlier;
		}
		created.refresh();
		return created;
	}

	private void tellListeners(InstanceSet set) {
		this.listeners.forEach((listener) -> listener.onChange(set));
	}

}
