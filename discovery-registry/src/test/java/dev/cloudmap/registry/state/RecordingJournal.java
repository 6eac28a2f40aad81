package dev.cloudmap.registry.state;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps changes in memory, for a state that takes over from another.
 */
final class RecordingJournal implements Journal {

	private final List<Change> changes = new ArrayList<>();

	private long revision;

	@Override
	public synchronized Contents load() {
		Map<String, Namespace> namespaces = new LinkedHashMap<>();
		Map<String, Service> services = new LinkedHashMap<>();
		Map<InstanceKey, Instance> instances = new LinkedHashMap<>();
		for (Change change : this.changes) {
			if (change instanceof Change.NamespaceCreated created) {
				namespaces.put(created.namespace().id(), created.namespace());
			}
			else if (change instanceof Change.ServiceCreated created) {
				services.put(created.service().id(), created.service());
			}
			else if (change instanceof Change.InstanceRegistered registered) {
				instances.put(registered.instance().key(), registered.instance());
			}
			else if (change instanceof Change.HealthChanged health) {
				instances.put(health.instance().key(), health.instance());
			}
			else if (change instanceof Change.InstanceDeregistered deregistered) {
				instances.remove(deregistered.instance().key());
			}
			else {
				throw new IllegalStateException("Cannot take over " + change);
			}
		}
		return new Contents(this.revision, List.copyOf(namespaces.values()), List.copyOf(services.values()),
				List.copyOf(instances.values()));
	}

	@Override
	public synchronized void commit(long latest, List<Change> more) {
		this.revision = latest;
		this.changes.addAll(more);
	}

	@Override
	public void close() {
	}

}
