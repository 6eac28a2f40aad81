package dev.cloudmap.registry.store;

import java.util.Collection;
import java.util.List;

import tools.jackson.databind.json.JsonMapper;

import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.operation.OperationRecord;
import dev.cloudmap.registry.state.snapshot.Change;

/**
 * The maps of a store, with JSON by id.
 */
final class StoreMaps {

	private final JsonMapper mapper = JsonMapper.shared();

	private final OperationSerializer operationFormat = new OperationSerializer(this.mapper);

	private final CheckedMap namespaces;

	private final CheckedMap services;

	private final CheckedMap instances;

	private final CheckedMap operations;

	StoreMaps(CheckedStore store) {
		this.namespaces = store.map("namespaces");
		this.services = store.map("services");
		this.instances = store.map("instances");
		this.operations = store.map("operations");
	}

	Journal.Contents read(long revision) {
		return new Journal.Contents(revision, read(this.namespaces.values(), Namespace.class),
				read(this.services.values(), Service.class), read(this.instances.values(), Instance.class),
				this.operations.values().stream().map(this.operationFormat::read).toList());
	}

	private <T> List<T> read(Collection<String> values, Class<T> type) {
		return values.stream().map((json) -> this.mapper.readValue(json, type)).toList();
	}

	void put(OperationRecord entry) {
		this.operations.put(entry.operation().id(), this.operationFormat.write(entry));
	}

	void removeOperation(String id) {
		this.operations.remove(id);
	}

	void put(Change change) {
		if (change instanceof Change.InstanceRegistered registered) {
			put(registered.instance());
		}
		else if (change instanceof Change.HealthChanged health) {
			put(health.instance());
		}
		else if (change instanceof Change.InstanceDeregistered deregistered) {
			this.instances.remove(key(deregistered.instance().key()));
		}
		else if (change instanceof Change.ServiceCreated created) {
			put(created.service());
		}
		else if (change instanceof Change.ServiceUpdated updated) {
			put(updated.service());
		}
		else if (change instanceof Change.ServiceDeleted deleted) {
			this.services.remove(deleted.service().id());
		}
		else if (change instanceof Change.NamespaceCreated created) {
			put(created.namespace());
		}
		else if (change instanceof Change.NamespaceUpdated updated) {
			put(updated.namespace());
		}
		else if (change instanceof Change.NamespaceDeleted deleted) {
			this.namespaces.remove(deleted.namespace().id());
		}
	}

	void put(Namespace namespace) {
		this.namespaces.put(namespace.id(), this.mapper.writeValueAsString(namespace));
	}

	void put(Service service) {
		this.services.put(service.id(), this.mapper.writeValueAsString(service));
	}

	void put(Instance instance) {
		this.instances.put(key(instance.key()), this.mapper.writeValueAsString(instance));
	}

	private static String key(InstanceReference key) {
		return key.serviceId() + " " + key.instanceId();
	}

}
