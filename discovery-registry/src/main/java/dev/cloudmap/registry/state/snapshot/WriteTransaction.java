package dev.cloudmap.registry.state.snapshot;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.pcollections.PMap;

import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.state.model.DomainNames;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot.ServiceKey;

/**
 * Collects the changes of a batch of commands, which become the next snapshot. Used by
 * the writer thread only.
 */
public final class WriteTransaction {

	private final Emulation emulation;

	private final RegistryMode mode;

	private final List<Change> changes = new ArrayList<>();

	private final List<Runnable> afterCommit = new ArrayList<>();

	private long revision;

	private NamespaceIndex namespaces;

	private PMap<String, ServiceState> services;

	private PMap<ServiceKey, String> serviceIds;

	private InstanceNameIndex instanceNames;

	/**
	 * Begins a transaction.
	 * @param base the current snapshot
	 * @param emulation the current emulation settings
	 * @param mode the mode of the registry
	 */
	public WriteTransaction(RegistrySnapshot base, Emulation emulation, RegistryMode mode) {
		this.emulation = emulation;
		this.mode = mode;
		this.revision = base.revision();
		this.namespaces = base.allNamespaces();
		this.services = base.servicesById();
		this.serviceIds = base.serviceIds();
		this.instanceNames = base.instanceNames();
	}

	public Emulation emulation() {
		return this.emulation;
	}

	public RegistryMode mode() {
		return this.mode;
	}

	public Collection<Namespace> namespaces() {
		return this.namespaces.all();
	}

	/**
	 * Returns the namespaces with a name.
	 * @param key the name as in {@link Namespace#key()}
	 * @return the namespaces
	 */
	public Collection<Namespace> namespacesNamed(String key) {
		return this.namespaces.named(key);
	}

	public @Nullable Namespace findNamespace(String id) {
		return this.namespaces.find(id);
	}

	public @Nullable Namespace findNamespaceByHttpName(String httpName) {
		return this.namespaces.findByHttpName(httpName);
	}

	public Namespace namespace(String id) {
		Namespace namespace = this.namespaces.find(id);
		if (namespace == null) {
			throw RegistryException.noNamespace(id);
		}
		return namespace;
	}

	public @Nullable Service findService(Namespace namespace, String name) {
		String id = this.serviceIds.get(ServiceKey.of(namespace, name));
		return (id != null) ? service(id) : null;
	}

	public @Nullable Service findService(String id) {
		ServiceState state = this.services.get(id);
		return (state != null) ? state.service() : null;
	}

	public Service service(String id) {
		return state(id).service();
	}

	public Collection<String> serviceIdsOf(Namespace namespace) {
		return this.serviceIds.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().namespaceId().equals(namespace.id()))
			.map(Map.Entry::getValue)
			.toList();
	}

	public Collection<Instance> instances(String serviceId) {
		return state(serviceId).instances().values();
	}

	public @Nullable Instance findInstance(InstanceReference key) {
		return state(key.serviceId()).instances().get(key.instanceId());
	}

	public Instance instance(InstanceReference key) {
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
	 * Finds the instance with a DNS name.
	 * @param namespace the namespace of the name
	 * @param name the name as in {@link DomainNames#ofInstance}
	 * @return the instance, or null
	 */
	public @Nullable InstanceReference findInstanceByName(Namespace namespace, String name) {
		return this.instanceNames.find(namespace, name);
	}

	/**
	 * Finds the service with DNS records and a name.
	 * @param namespace the namespace of the name
	 * @param name the name
	 * @return the service, or null
	 */
	public @Nullable Service findServiceWithRecords(Namespace namespace, String name) {
		Service service = findService(namespace, name);
		return (service != null && service.dns() != null) ? service : null;
	}

	private boolean isNameTaken(Namespace namespace, Service service, InstanceReference key) {
		String name = DomainNames.ofInstance(key, service);
		InstanceReference owner = findInstanceByName(namespace, name);
		return (owner != null) ? !owner.equals(key) : findServiceWithRecords(namespace, name) != null;
	}

	/**
	 * Returns whether an instance has no DNS name because the name was taken when the
	 * registry started.
	 * @param key the instance
	 * @return whether the instance is registered and has no DNS name
	 */
	public boolean isNameless(InstanceReference key) {
		return state(key.serviceId()).nameless().contains(key.instanceId());
	}

	public void add(Namespace namespace) {
		this.namespaces = this.namespaces.with(namespace);
		this.changes.add(new Change.NamespaceCreated(++this.revision, namespace));
	}

	public void update(Namespace namespace) {
		this.namespaces = this.namespaces.with(namespace);
		this.changes.add(new Change.NamespaceUpdated(++this.revision, namespace));
	}

	public void delete(Namespace namespace) {
		this.namespaces = this.namespaces.without(namespace);
		this.changes.add(new Change.NamespaceDeleted(++this.revision, namespace));
	}

	public void add(Service service) {
		this.serviceIds = this.serviceIds.plus(key(service), service.id());
		put(ServiceState.of(service, ++this.revision));
		this.changes.add(new Change.ServiceCreated(this.revision, service));
	}

	public void update(Service service) {
		ServiceState before = state(service.id());
		if (before.service().hasRecords(RecordType.SRV) && !service.hasRecords(RecordType.SRV)) {
			before.instances().values().forEach((instance) -> free(before.service(), instance));
		}
		put(before.with(service));
		this.changes.add(new Change.ServiceUpdated(++this.revision, service, before.service()));
	}

	public void delete(Service service) {
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
	 * Returns the revision of the next change.
	 * @return the revision
	 */
	public long nextRevision() {
		return this.revision + 1;
	}

	/**
	 * Registers an instance with its DNS name. An instance without a DNS name receives
	 * one if the name is free.
	 * @param instance the instance
	 */
	public void register(Instance instance) {
		ServiceState state = state(instance.key().serviceId()).with(instance).at(++this.revision);
		Namespace namespace = namespace(state.service().namespaceId());
		if (isNameless(instance.key()) && isNameTaken(namespace, state.service(), instance.key())) {
			put(state);
		}
		else {
			this.instanceNames = this.instanceNames.with(namespace, state.service(), instance.key());
			put(state.withName(instance.id()));
		}
		this.changes.add(new Change.InstanceRegistered(this.revision, instance));
	}

	public void deregister(Instance instance) {
		ServiceState state = state(instance.key().serviceId());
		free(state.service(), instance);
		put(state.without(instance).at(++this.revision));
		this.changes.add(new Change.InstanceDeregistered(this.revision, instance));
	}

	private void free(Service service, Instance instance) {
		this.instanceNames = this.instanceNames.without(namespace(service.namespaceId()), service, instance.key());
	}

	public void changeHealth(Instance instance) {
		put(state(instance.key().serviceId()).with(instance));
		this.changes.add(new Change.HealthChanged(++this.revision, instance));
	}

	/**
	 * Adds an action to run after a successful commit.
	 * @param action the action
	 */
	public void afterCommit(Runnable action) {
		this.afterCommit.add(action);
	}

	/**
	 * Returns the changes, oldest first.
	 * @return the changes
	 */
	public List<Change> changes() {
		return List.copyOf(this.changes);
	}

	/**
	 * Runs the actions that were added with {@link #afterCommit}.
	 */
	public void runAfterCommit() {
		this.afterCommit.forEach(Runnable::run);
	}

	/**
	 * Returns the snapshot with all changes.
	 * @return the next snapshot
	 */
	public RegistrySnapshot snapshot() {
		return new RegistrySnapshot(this.revision, this.namespaces, this.services, this.serviceIds, this.instanceNames);
	}

}
