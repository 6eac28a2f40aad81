package dev.cloudmap.registry.state;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.operation.OperationRecord;
import dev.cloudmap.registry.state.snapshot.Change;

/**
 * A journal that keeps all data in memory, so that another state can restore it.
 */
final class RecordingJournal implements Journal {

	private final Map<String, Namespace> namespaces = new LinkedHashMap<>();

	private final Map<String, Service> services = new LinkedHashMap<>();

	private final Map<InstanceReference, Instance> instances = new LinkedHashMap<>();

	private final Map<String, OperationRecord> operations = new LinkedHashMap<>();

	private long revision;

	@Override
	public synchronized Contents load() {
		return new Contents(this.revision, List.copyOf(this.namespaces.values()), List.copyOf(this.services.values()),
				List.copyOf(this.instances.values()), List.copyOf(this.operations.values()));
	}

	@Override
	public synchronized void commit(Commit commit) {
		this.revision = commit.revision();
		commit.changes().forEach(this::take);
		commit.operations().forEach((entry) -> this.operations.put(entry.operation().id(), entry));
		commit.evictedOperations().forEach(this.operations::remove);
	}

	private void take(Change change) {
		if (change instanceof Change.NamespaceCreated created) {
			this.namespaces.put(created.namespace().id(), created.namespace());
		}
		else if (change instanceof Change.NamespaceUpdated updated) {
			this.namespaces.put(updated.namespace().id(), updated.namespace());
		}
		else if (change instanceof Change.NamespaceDeleted deleted) {
			this.namespaces.remove(deleted.namespace().id());
		}
		else if (change instanceof Change.ServiceCreated created) {
			this.services.put(created.service().id(), created.service());
		}
		else if (change instanceof Change.ServiceUpdated updated) {
			this.services.put(updated.service().id(), updated.service());
		}
		else if (change instanceof Change.ServiceDeleted deleted) {
			this.services.remove(deleted.service().id());
		}
		else if (change instanceof Change.InstanceRegistered registered) {
			this.instances.put(registered.instance().key(), registered.instance());
		}
		else if (change instanceof Change.HealthChanged health) {
			this.instances.put(health.instance().key(), health.instance());
		}
		else if (change instanceof Change.InstanceDeregistered deregistered) {
			this.instances.remove(deregistered.instance().key());
		}
	}

	@Override
	public void restore(Contents contents) {
	}

	@Override
	public void close() {
	}

}
