package dev.cloudmap.registry.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.Snapshot.ServiceKey;

/**
 * The next snapshot in the making. It belongs to the writer thread, copies a map only
 * when something in it changes, and does so for instances once for a whole batch.
 */
public final class Draft {

	private final OperationDraft operations;

	private final Realism realism;

	private final List<Change> changes = new ArrayList<>();

	private final List<Runnable> whenCommitted = new ArrayList<>();

	private final Map<String, ServiceState> closedServices;

	private final Map<String, OpenService> openServices = new LinkedHashMap<>();

	private final Set<String> deletedServices = new HashSet<>();

	private long revision;

	private Map<String, Namespace> namespaces;

	private Map<String, Namespace> namespacesByHttpName;

	private Map<ServiceKey, String> serviceIds;

	Draft(Snapshot base, OperationDraft operations, Realism realism) {
		this.operations = operations;
		this.realism = realism;
		this.revision = base.revision();
		this.namespaces = base.namespacesById();
		this.namespacesByHttpName = base.namespacesByHttpName();
		this.closedServices = base.servicesById();
		this.serviceIds = base.serviceIds();
	}

	OperationDraft operations() {
		return this.operations;
	}

	Realism realism() {
		return this.realism;
	}

	Collection<Namespace> namespaces() {
		return this.namespaces.values();
	}

	@Nullable Namespace findNamespace(String id) {
		return this.namespaces.get(id);
	}

	@Nullable Namespace findNamespaceByHttpName(String httpName) {
		return this.namespacesByHttpName.get(httpName);
	}

	Namespace namespace(String id) {
		Namespace namespace = this.namespaces.get(id);
		if (namespace == null) {
			throw RegistryException.noNamespace(id);
		}
		return namespace;
	}

	@Nullable Service findService(Namespace namespace, String name) {
		String id = this.serviceIds.get(ServiceKey.of(namespace, name));
		return (id != null) ? service(id) : null;
	}

	@Nullable Service findService(String id) {
		OpenService open = this.openServices.get(id);
		if (open != null) {
			return open.service;
		}
		ServiceState closed = this.closedServices.get(id);
		return (closed != null && !this.deletedServices.contains(id)) ? closed.service() : null;
	}

	Service service(String id) {
		Service service = findService(id);
		if (service == null) {
			throw RegistryException.noService(id);
		}
		return service;
	}

	Collection<String> serviceIdsOf(Namespace namespace) {
		return this.serviceIds.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().namespaceId().equals(namespace.id()))
			.map(Map.Entry::getValue)
			.toList();
	}

	Collection<Instance> instances(String serviceId) {
		return instancesById(serviceId).values();
	}

	@Nullable Instance findInstance(InstanceKey key) {
		return instancesById(key.serviceId()).get(key.instanceId());
	}

	Instance instance(InstanceKey key) {
		Instance instance = findInstance(key);
		if (instance == null) {
			throw RegistryException.noInstance(key);
		}
		return instance;
	}

	private Map<String, Instance> instancesById(String serviceId) {
		OpenService open = this.openServices.get(serviceId);
		if (open != null) {
			return open.instances;
		}
		ServiceState closed = this.closedServices.get(serviceId);
		if (closed == null || this.deletedServices.contains(serviceId)) {
			throw RegistryException.noService(serviceId);
		}
		return closed.instances();
	}

	void add(Namespace namespace) {
		put(namespace);
		this.changes.add(new Change.NamespaceCreated(++this.revision, namespace));
	}

	void update(Namespace namespace) {
		put(namespace);
		this.changes.add(new Change.NamespaceUpdated(++this.revision, namespace));
	}

	private void put(Namespace namespace) {
		this.namespaces = new LinkedHashMap<>(this.namespaces);
		this.namespacesByHttpName = new HashMap<>(this.namespacesByHttpName);
		this.namespaces.put(namespace.id(), namespace);
		this.namespacesByHttpName.put(namespace.httpName(), namespace);
	}

	void delete(Namespace namespace) {
		this.namespaces = new LinkedHashMap<>(this.namespaces);
		this.namespacesByHttpName = new HashMap<>(this.namespacesByHttpName);
		this.namespaces.remove(namespace.id());
		this.namespacesByHttpName.remove(namespace.httpName());
		this.changes.add(new Change.NamespaceDeleted(++this.revision, namespace));
	}

	void add(Service service) {
		this.serviceIds = new HashMap<>(this.serviceIds);
		this.serviceIds.put(key(service), service.id());
		this.openServices.put(service.id(), new OpenService(new ServiceState(service, Map.of(), ++this.revision)));
		this.changes.add(new Change.ServiceCreated(this.revision, service));
	}

	void update(Service service) {
		OpenService open = open(service.id());
		Service before = open.service;
		open.service = service;
		this.changes.add(new Change.ServiceUpdated(++this.revision, service, before));
	}

	void delete(Service service) {
		this.serviceIds = new HashMap<>(this.serviceIds);
		this.serviceIds.remove(key(service));
		this.openServices.remove(service.id());
		this.deletedServices.add(service.id());
		this.changes.add(new Change.ServiceDeleted(++this.revision, service));
	}

	private ServiceKey key(Service service) {
		return ServiceKey.of(namespace(service.namespaceId()), service.name());
	}

	/**
	 * Returns the revision that the next change makes.
	 */
	long nextRevision() {
		return this.revision + 1;
	}

	void register(Instance instance) {
		OpenService open = open(instance.key().serviceId());
		open.changeableInstances().put(instance.id(), instance);
		open.instancesRevision = ++this.revision;
		this.changes.add(new Change.InstanceRegistered(this.revision, instance));
	}

	void deregister(Instance instance) {
		OpenService open = open(instance.key().serviceId());
		open.changeableInstances().remove(instance.id());
		open.instancesRevision = ++this.revision;
		this.changes.add(new Change.InstanceDeregistered(this.revision, instance));
	}

	void changeHealth(Instance instance) {
		open(instance.key().serviceId()).changeableInstances().put(instance.id(), instance);
		this.changes.add(new Change.HealthChanged(++this.revision, instance));
	}

	private OpenService open(String serviceId) {
		return this.openServices.computeIfAbsent(serviceId, (id) -> {
			ServiceState closed = this.closedServices.get(id);
			if (closed == null) {
				throw RegistryException.noService(id);
			}
			return new OpenService(closed);
		});
	}

	/**
	 * Has something done once the batch is stored and visible; not at all when it could
	 * not be stored.
	 */
	void whenCommitted(Runnable action) {
		this.whenCommitted.add(action);
	}

	List<Change> changes() {
		return List.copyOf(this.changes);
	}

	List<Runnable> committedActions() {
		return this.whenCommitted;
	}

	Snapshot seal() {
		Map<String, ServiceState> services = this.closedServices;
		if (!this.openServices.isEmpty() || !this.deletedServices.isEmpty()) {
			services = new LinkedHashMap<>(this.closedServices);
			services.keySet().removeAll(this.deletedServices);
			for (OpenService open : this.openServices.values()) {
				services.put(open.service.id(), new ServiceState(open.service, open.instances, open.instancesRevision));
			}
		}
		return new Snapshot(this.revision, this.namespaces, this.namespacesByHttpName, services, this.serviceIds);
	}

	/**
	 * A service that is being changed, or its instances.
	 */
	private static final class OpenService {

		private final Map<String, Instance> closedInstances;

		private Service service;

		private Map<String, Instance> instances;

		private long instancesRevision;

		private OpenService(ServiceState state) {
			this.closedInstances = state.instances();
			this.service = state.service();
			this.instances = state.instances();
			this.instancesRevision = state.instancesRevision();
		}

		private Map<String, Instance> changeableInstances() {
			if (this.instances == this.closedInstances) {
				this.instances = new LinkedHashMap<>(this.closedInstances);
			}
			return this.instances;
		}

	}

}
