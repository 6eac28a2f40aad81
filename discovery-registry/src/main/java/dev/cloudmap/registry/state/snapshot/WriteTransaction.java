package dev.cloudmap.registry.state.snapshot;

import java.util.ArrayList;
import java.util.List;

import org.pcollections.PMap;

import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.state.model.DomainNames;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.RecordType;
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

	private boolean isNameTaken(Namespace namespace, Service service, InstanceReference key) {
		String name = DomainNames.ofInstance(key, service);
		InstanceReference owner = this.instanceNames.find(namespace, name);
		return (owner != null) ? !owner.equals(key) : snapshot().findServiceWithRecords(namespace, name) != null;
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
		ServiceState before = snapshot().service(service.id());
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
		return ServiceKey.of(namespaceOf(service), service.name());
	}

	private Namespace namespaceOf(Service service) {
		return snapshot().namespace(service.namespaceId());
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
		ServiceState state = stateOf(instance).with(instance).at(++this.revision);
		Namespace namespace = namespaceOf(state.service());
		if (state.nameless().contains(instance.id()) && isNameTaken(namespace, state.service(), instance.key())) {
			put(state);
		}
		else {
			this.instanceNames = this.instanceNames.with(namespace, state.service(), instance.key());
			put(state.withName(instance.id()));
		}
		this.changes.add(new Change.InstanceRegistered(this.revision, instance));
	}

	public void deregister(Instance instance) {
		ServiceState state = stateOf(instance);
		free(state.service(), instance);
		put(state.without(instance).at(++this.revision));
		this.changes.add(new Change.InstanceDeregistered(this.revision, instance));
	}

	private ServiceState stateOf(Instance instance) {
		return snapshot().service(instance.key().serviceId());
	}

	private void free(Service service, Instance instance) {
		this.instanceNames = this.instanceNames.without(namespaceOf(service), service, instance.key());
	}

	public void changeHealth(Instance instance) {
		put(stateOf(instance).with(instance));
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
	 * Returns the content with all changes so far.
	 * @return the content
	 */
	public RegistrySnapshot snapshot() {
		return new RegistrySnapshot(this.revision, this.namespaces, this.services, this.serviceIds, this.instanceNames);
	}

}
