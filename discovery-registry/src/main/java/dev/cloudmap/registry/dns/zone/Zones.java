package dev.cloudmap.registry.dns.zone;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;

import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.Change;
import dev.cloudmap.registry.state.snapshot.ChangeListener;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;

/**
 * The zones of all DNS namespaces. A change replaces only the records of the changed
 * services.
 */
public final class Zones implements ChangeListener {

	private static final Logger logger = LoggerFactory.getLogger(Zones.class);

	private final Map<Name, NamespaceZone> byApex = new ConcurrentHashMap<>();

	private final Map<String, NamespaceZone> byNamespace = new ConcurrentHashMap<>();

	/** The number of zones below a name. */
	private final Map<Name, Integer> aboveZones = new ConcurrentHashMap<>();

	/** Replaced when a zone or service is added or removed. */
	private volatile Object names = new Object();

	private Zones() {
	}

	/**
	 * Creates the zones.
	 * @param view the content that lookups see
	 * @return the zones
	 */
	public static Zones of(LookupView view) {
		Zones zones = new Zones();
		synchronized (zones) {
			// Adding the index first misses no change; duplicates are harmless.
			view.addIndex(zones);
			RegistrySnapshot snapshot = view.snapshot();
			oldestFirst(snapshot).forEach((namespace) -> zones.add(namespace, snapshot.revision()));
			snapshot.services().forEach((service) -> zones.put(snapshot, service));
		}
		return zones;
	}

	/**
	 * Finds the zone of a name.
	 * @param name a name
	 * @return the zone with the longest name that contains it, or null
	 */
	public @Nullable NamespaceZone find(Name name) {
		for (int skipped = 0; skipped < name.labels(); skipped++) {
			NamespaceZone zone = this.byApex.get((skipped > 0) ? new Name(name, skipped) : name);
			if (zone != null) {
				return zone;
			}
		}
		return null;
	}

	/**
	 * Returns whether a zone is below a name, so that the name exists (RFC 8020).
	 * @param name a name
	 * @return whether a zone is below the name
	 */
	public boolean isAboveZone(Name name) {
		return this.aboveZones.containsKey(name);
	}

	/**
	 * Returns whether the zone of a service contains names below that of the service.
	 */
	private Predicate<Name> targets(Name owner) {
		if (!isAboveZone(owner)) {
			return (name) -> true;
		}
		NamespaceZone zone = find(owner);
		return (name) -> find(name) == zone;
	}

	/**
	 * Finds the service whose records answer queries for a name.
	 * @param name a name
	 * @return the records of the service, or null
	 */
	public @Nullable ServiceRecords findRecords(Name name) {
		NamespaceZone zone = find(name);
		return (zone != null) ? zone.findRecords(name) : null;
	}

	/**
	 * Returns an object that is replaced when a name may belong to another service.
	 * @return the object
	 */
	public Object names() {
		return this.names;
	}

	@Override
	public synchronized void changed(RegistrySnapshot snapshot, List<Change> changes) {
		Set<String> touched = new HashSet<>();
		for (Change change : changes) {
			if (change instanceof Change.OfInstance ofInstance) {
				touched.add(ofInstance.instance().key().serviceId());
			}
			else if (change instanceof Change.ServiceDeleted deleted) {
				remove(snapshot, deleted.service());
			}
			else if (change instanceof Change.OfService ofService) {
				touched.add(ofService.service().id());
			}
			else if (change instanceof Change.NamespaceCreated created) {
				add(created.namespace(), snapshot.revision());
			}
			else if (change instanceof Change.NamespaceUpdated updated) {
				update(updated.namespace(), snapshot.revision());
			}
			else if (change instanceof Change.NamespaceDeleted deleted) {
				remove(snapshot, deleted.namespace());
			}
		}
		touched.forEach((serviceId) -> {
			ServiceState service = snapshot.findService(serviceId);
			if (service != null) {
				put(snapshot, service);
			}
		});
	}

	private void add(Namespace namespace, long revision) {
		Name apex = apex(namespace);
		if (apex == null || this.byNamespace.containsKey(namespace.id())) {
			return;
		}
		NamespaceZone zone = new NamespaceZone(apex, namespace.soaTtl(), revision, this::targets);
		if (this.byApex.putIfAbsent(apex, zone) != null) {
			logger.warn("Another namespace has the DNS zone '{}': the namespace {} is found through the API only",
					namespace.name(), namespace.id());
			return;
		}
		this.byNamespace.put(namespace.id(), zone);
		DnsNames.between(Name.root, apex).forEach((name) -> this.aboveZones.merge(name, 1, Integer::sum));
		this.names = new Object();
	}

	private void update(Namespace namespace, long revision) {
		NamespaceZone zone = this.byNamespace.get(namespace.id());
		if (zone != null) {
			zone.update(namespace.soaTtl(), revision);
		}
	}

	/**
	 * Removes the zone of a namespace. Another namespace with the same name can replace
	 * it.
	 */
	private void remove(RegistrySnapshot snapshot, Namespace namespace) {
		NamespaceZone zone = this.byNamespace.remove(namespace.id());
		if (zone == null) {
			return;
		}
		this.byApex.remove(zone.apex());
		DnsNames.between(Name.root, zone.apex())
			.forEach((above) -> this.aboveZones.computeIfPresent(above,
					(name, count) -> (count > 1) ? Integer.valueOf(count - 1) : null));
		this.names = new Object();
		zone.services().forEach(ServiceRecords::end);
		for (Namespace other : oldestFirst(snapshot)) {
			if (zone.apex().equals(apex(other))) {
				add(other, snapshot.revision());
				snapshot.servicesOf(other.id()).forEach((service) -> put(snapshot, service));
				return;
			}
		}
	}

	/**
	 * Sorts namespaces: of several with the same name the oldest has the zone.
	 */
	private static List<Namespace> oldestFirst(RegistrySnapshot snapshot) {
		return snapshot.namespaces()
			.stream()
			.sorted(Comparator.comparing(Namespace::created).thenComparing(Namespace::id))
			.toList();
	}

	private static @Nullable Name apex(Namespace namespace) {
		return namespace.type().isDns() ? DnsNames.below(namespace.name(), Name.root) : null;
	}

	private void remove(RegistrySnapshot snapshot, Service service) {
		NamespaceZone zone = this.byNamespace.get(service.namespaceId());
		Name owner = (zone != null) ? DnsNames.below(service.name(), zone.apex()) : null;
		if (zone != null && owner != null) {
			remove(zone, owner, snapshot.revision());
		}
	}

	private void remove(NamespaceZone zone, Name owner, long revision) {
		ServiceRecords former = zone.remove(owner, revision);
		if (former != null) {
			this.names = new Object();
			former.end();
		}
	}

	private void put(RegistrySnapshot snapshot, ServiceState state) {
		NamespaceZone zone = this.byNamespace.get(state.service().namespaceId());
		if (zone == null) {
			return;
		}
		Name owner = DnsNames.below(state.service().name(), zone.apex());
		DnsRecordSettings dns = state.service().dns();
		if (owner == null) {
			return;
		}
		if (dns == null) {
			remove(zone, owner, snapshot.revision());
			return;
		}
		ServiceRecords former = zone.put(owner, new ServiceRecords(owner, dns, state), snapshot.revision());
		if (former != null) {
			former.end();
		}
		else {
			this.names = new Object();
		}
	}

}
