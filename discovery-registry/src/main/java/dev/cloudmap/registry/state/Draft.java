package dev.cloudmap.registry.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.pcollections.PMap;

import dev.cloudmap.registry.state.Snapshot.ServiceKey;

/**
 * The next snapshot in the making, which shares with the present one all that stays. It
 * belongs to the writer thread.
 */
public final class Draft {

	private final OperationDraft operations;

	private final Realism realism;

	private final RegistryMode mode;

	private final List<Change> changes = new ArrayList<>();

	private final List<Runnable> whenCommitted = new ArrayList<>();

	private long revision;

	private Namespaces namespaces;

	private PMap<String, ServiceState> services;

	private PMap<ServiceKey, String> serviceIds;

	private NameHolders holders;

	Draft(Snapshot base, OperationDraft operations, Realism realism, RegistryMode mode) {
		this.operations = operations;
		this.realism = realism;
		this.mode = mode;
		this.revision = base.revision();
		this.namespaces = base.allNamespaces();
		this.services = base.servicesById();
		this.serviceIds = base.serviceIds();
		this.holders = base.holders();
	}

	OperationDraft operations() {
		return this.operations;
	}

	Realism realism() {
		return this.realism;
	}

	RegistryMode mode() {
		return this.mode;
	}

	Collection<Namespace> namespaces() {
		return this.namespaces.all();
	}

	/**
	 * Returns the namespaces of one name.
	 * @param key the name as {@link Namespace#key()} returns it
	 */
	Collection<Namespace> namespacesNamed(String key) {
		return this.namespaces.named(key);
	}

	@Nullable Namespace findNamespace(String id) {
		return this.namespaces.find(id);
	}

	@Nullable Namespace findNamespaceByHttpName(String httpName) {
		return this.namespaces.findByHttpName(httpName);
	}

	Namespace namespace(String id) {
		Namespace namespace = this.namespaces.find(id);
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
		ServiceState state = this.services.get(id);
		return (state != null) ? state.service() : null;
	}

	Service service(String id) {
		return state(id).service();
	}

	Collection<String> serviceIdsOf(Namespace namespace) {
		return this.serviceIds.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().namespaceId().equals(namespace.id()))
			.map(Map.Entry::getValue)
			.toList();
	}

	Collection<Instance> instances(String serviceId) {
		return state(serviceId).instances().values();
	}

	@Nullable Instance findInstance(InstanceKey key) {
		return state(key.serviceId()).instances().get(key.instanceId());
	}

	Instance instance(InstanceKey key) {
		Instance instance = findInstance(key);
		if (instance == null) {
			throw RegistryException.noInstance(key);
		}
		return instance;
	}

	private ServiceState state(String serviceId) {
		ServiceState state = this.services.get(serviceId);
		if (state == null) {
			throw RegistryException.noService(serviceId);
		}
		return state;
	}

	/**
	 * Finds the instance that has a DNS name of a namespace.
	 * @param name the name as {@link InstanceName} has it
	 */
	@Nullable InstanceKey findHolder(Namespace namespace, String name) {
		return this.holders.find(namespace, name);
	}

	/**
	 * Returns whether an instance is registered and has no DNS name of its own, because
	 * the name was taken when the registry started.
	 */
	boolean isNameless(InstanceKey key) {
		return state(key.serviceId()).nameless().contains(key.instanceId());
	}

	void add(Namespace namespace) {
		this.namespaces = this.namespaces.with(namespace);
		this.changes.add(new Change.NamespaceCreated(++this.revision, namespace));
	}

	void update(Namespace namespace) {
		this.namespaces = this.namespaces.with(namespace);
		this.changes.add(new Change.NamespaceUpdated(++this.revision, namespace));
	}

	void delete(Namespace namespace) {
		this.namespaces = this.namespaces.without(namespace);
		this.changes.add(new Change.NamespaceDeleted(++this.revision, namespace));
	}

	void add(Service service) {
		this.serviceIds = this.serviceIds.plus(key(service), service.id());
		put(ServiceState.of(service, ++this.revision));
		this.changes.add(new Change.ServiceCreated(this.revision, service));
	}

	void update(Service service) {
		ServiceState before = state(service.id());
		if (before.service().hasRecords(RecordType.SRV) && !service.hasRecords(RecordType.SRV)) {
			before.instances().values().forEach((instance) -> free(before.service(), instance));
		}
		put(before.with(service));
		this.changes.add(new Change.ServiceUpdated(++this.revision, service, before.service()));
	}

	void delete(Service service) {
		this.serviceIds = this.serviceIds.minus(key(service));
		this.services = this.services.minus(service.id());
		this.changes.add(new Change.ServiceDeleted(++this.revision, service));
	}

	private void put(ServiceState state) {
		this.services = this.services.plus(state.service().id(), state);
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

	/**
	 * Registers an instance, which gets its DNS name. One that has none gets it as soon
	 * as the name is free.
	 */
	void register(Instance instance) {
		ServiceState state = state(instance.key().serviceId()).with(instance).at(++this.revision);
		Namespace namespace = namespace(state.service().namespaceId());
		if (isNameless(instance.key()) && NameRules.isTaken(this, namespace, state.service(), instance.key())) {
			put(state);
		}
		else {
			this.holders = this.holders.with(namespace, state.service(), instance.key());
			put(state.withName(instance.id()));
		}
		this.changes.add(new Change.InstanceRegistered(this.revision, instance));
	}

	void deregister(Instance instance) {
		ServiceState state = state(instance.key().serviceId());
		free(state.service(), instance);
		put(state.without(instance).at(++this.revision));
		this.changes.add(new Change.InstanceDeregistered(this.revision, instance));
	}

	private void free(Service service, Instance instance) {
		this.holders = this.holders.without(namespace(service.namespaceId()), service, instance.key());
	}

	void changeHealth(Instance instance) {
		put(state(instance.key().serviceId()).with(instance));
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
		return new Snapshot(this.revision, this.namespaces, this.services, this.serviceIds, this.holders);
	}

}
