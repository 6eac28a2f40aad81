package dev.cloudmap.registry.state;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.Snapshot.ServiceKey;

/**
 * The next snapshot in the making. It belongs to the writer thread, copies a map only
 * when something in it changes, and does so for instances once for a whole batch.
 */
public final class Draft {

	private final List<Change> changes = new ArrayList<>();

	private final List<Runnable> whenCommitted = new ArrayList<>();

	private final Map<String, OpenService> openServices = new HashMap<>();

	private long revision;

	private Map<String, Namespace> namespaces;

	private Map<String, Namespace> namespacesByHttpName;

	private final Map<String, ServiceState> closedServices;

	private final Map<String, ServiceState> newServices = new LinkedHashMap<>();

	private Map<ServiceKey, String> serviceIds;

	Draft(Snapshot base) {
		this.revision = base.revision();
		this.namespaces = base.namespacesById();
		this.namespacesByHttpName = base.namespacesByHttpName();
		this.closedServices = base.servicesById();
		this.serviceIds = base.serviceIds();
	}

	Iterable<Namespace> namespaces() {
		return this.namespaces.values();
	}

	@Nullable Namespace findNamespaceByHttpName(String httpName) {
		return this.namespacesByHttpName.get(httpName);
	}

	Namespace namespace(String id) {
		Namespace namespace = this.namespaces.get(id);
		if (namespace == null) {
			throw new RegistryException(Fault.NAMESPACE_NOT_FOUND,
					"There is no namespace with the id '%s'.".formatted(id));
		}
		return namespace;
	}

	@Nullable Service findService(Namespace namespace, String name) {
		String id = this.serviceIds.get(ServiceKey.of(namespace, name));
		return (id != null) ? service(id) : null;
	}

	Service service(String id) {
		return state(id).service();
	}

	@Nullable Instance findInstance(InstanceKey key) {
		OpenService open = this.openServices.get(key.serviceId());
		return ((open != null) ? open.instances : state(key.serviceId()).instances()).get(key.instanceId());
	}

	int instanceCount(String serviceId) {
		OpenService open = this.openServices.get(serviceId);
		return ((open != null) ? open.instances : state(serviceId).instances()).size();
	}

	void add(Namespace namespace) {
		this.namespaces = new LinkedHashMap<>(this.namespaces);
		this.namespacesByHttpName = new HashMap<>(this.namespacesByHttpName);
		this.namespaces.put(namespace.id(), namespace);
		this.namespacesByHttpName.put(namespace.httpName(), namespace);
		this.changes.add(new Change.NamespaceCreated(++this.revision, namespace));
	}

	void add(Service service) {
		this.serviceIds = new HashMap<>(this.serviceIds);
		this.serviceIds.put(ServiceKey.of(namespace(service.namespaceId()), service.name()), service.id());
		this.newServices.put(service.id(), new ServiceState(service, Map.of(), ++this.revision));
		this.changes.add(new Change.ServiceCreated(this.revision, service));
	}

	/**
	 * Returns the revision that the next change makes.
	 */
	long nextRevision() {
		return this.revision + 1;
	}

	void register(Instance instance) {
		OpenService open = open(instance.key().serviceId());
		open.instances.put(instance.id(), instance);
		open.instancesRevision = ++this.revision;
		this.changes.add(new Change.InstanceRegistered(this.revision, instance));
	}

	void deregister(Instance instance) {
		OpenService open = open(instance.key().serviceId());
		open.instances.remove(instance.id());
		open.instancesRevision = ++this.revision;
		this.changes.add(new Change.InstanceDeregistered(this.revision, instance));
	}

	void changeHealth(Instance instance) {
		open(instance.key().serviceId()).instances.put(instance.id(), instance);
		this.changes.add(new Change.HealthChanged(++this.revision, instance));
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
		if (!this.openServices.isEmpty() || !this.newServices.isEmpty()) {
			services = new LinkedHashMap<>(this.closedServices);
			services.putAll(this.newServices);
			for (OpenService open : this.openServices.values()) {
				services.put(open.service.id(), new ServiceState(open.service, open.instances, open.instancesRevision));
			}
		}
		return new Snapshot(this.revision, this.namespaces, this.namespacesByHttpName, services, this.serviceIds);
	}

	private OpenService open(String serviceId) {
		return this.openServices.computeIfAbsent(serviceId, (id) -> new OpenService(state(id)));
	}

	private ServiceState state(String serviceId) {
		ServiceState state = this.newServices.get(serviceId);
		if (state == null) {
			state = this.closedServices.get(serviceId);
		}
		if (state == null) {
			throw new RegistryException(Fault.SERVICE_NOT_FOUND,
					"There is no service with the id '%s'.".formatted(serviceId));
		}
		return state;
	}

	/**
	 * A service whose instances are being changed.
	 */
	private static final class OpenService {

		private final Service service;

		private final Map<String, Instance> instances;

		private long instancesRevision;

		private OpenService(ServiceState state) {
			this.service = state.service();
			this.instances = new LinkedHashMap<>(state.instances());
			this.instancesRevision = state.instancesRevision();
		}

	}

}
