package dev.cloudmap.registry.state;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.state.Snapshot.ServiceKey;

/**
 * Builds the first snapshot from what the journal has kept.
 */
final class Restoration {

	private static final Logger logger = LoggerFactory.getLogger(Restoration.class);

	private final long revision;

	private PMap<String, Namespace> namespaces = HashTreePMap.empty();

	private PMap<String, Namespace> namespacesByHttpName = HashTreePMap.empty();

	private PMap<String, ServiceState> services = HashTreePMap.empty();

	private PMap<ServiceKey, String> serviceIds = HashTreePMap.empty();

	private NameHolders holders = NameHolders.NONE;

	private Restoration(long revision) {
		this.revision = revision;
	}

	static Snapshot restore(Journal.Contents contents, Instant now, RegistryMode mode) {
		// Begins at the time of day in microseconds, so that a registry which has kept
		// nothing never uses a revision that its predecessor has used.
		Restoration restoration = new Restoration(Math.max(contents.revision() + 1, now.toEpochMilli() * 1000));
		contents.namespaces().forEach(restoration::add);
		contents.services().forEach(restoration::add);
		// On AWS a lease is an attribute like any other.
		List<Instance> instances = (mode == RegistryMode.LIKE_AWS)
				? contents.instances().stream().map(Instance::withoutLease).toList() : contents.instances();
		instances.forEach(restoration::add);
		// The earlier registration keeps a name that several have.
		instances.stream().sorted(Comparator.comparingLong(Instance::registration)).forEach(restoration::name);
		return new Snapshot(restoration.revision, restoration.namespaces, restoration.namespacesByHttpName,
				restoration.services, restoration.serviceIds, restoration.holders);
	}

	private void add(Namespace namespace) {
		this.namespaces = this.namespaces.plus(namespace.id(), namespace);
		this.namespacesByHttpName = this.namespacesByHttpName.plus(namespace.httpName(), namespace);
	}

	private void add(Service service) {
		this.services = this.services.plus(service.id(), ServiceState.of(service, this.revision));
		Namespace namespace = this.namespaces.get(service.namespaceId());
		if (namespace != null) {
			this.serviceIds = this.serviceIds.plus(ServiceKey.of(namespace, service.name()), service.id());
		}
	}

	private void add(Instance instance) {
		ServiceState state = this.services.get(instance.key().serviceId());
		if (state != null) {
			this.services = this.services.plus(state.service().id(), state.with(instance));
		}
	}

	/**
	 * Gives an instance its DNS name unless a service or another instance has it.
	 */
	private void name(Instance instance) {
		ServiceState state = this.services.get(instance.key().serviceId());
		Namespace namespace = (state != null) ? this.namespaces.get(state.service().namespaceId()) : null;
		if (state == null || namespace == null || !state.service().hasRecords(RecordType.SRV)) {
			return;
		}
		Service service = state.service();
		String name = InstanceName.of(instance.key(), service);
		InstanceKey holder = this.holders.find(namespace, name);
		if (holder == null && !isOfService(namespace, name)) {
			this.holders = this.holders.with(namespace, service, instance.key());
			return;
		}
		logger.warn(
				"The instance '{}' of the service '{}' ({}) has no SRV record: its DNS name '{}' is that of {}. "
						+ "Register it under another id.",
				instance.id(), service.name(), service.id(), DomainNames.below(name, namespace.name()), (holder != null)
						? "the instance '%s' of %s".formatted(holder.instanceId(), holder.serviceId()) : "a service");
		this.services = this.services.plus(service.id(), state.withoutName(instance.id()));
	}

	private boolean isOfService(Namespace namespace, String name) {
		String id = this.serviceIds.get(ServiceKey.of(namespace, name));
		ServiceState state = (id != null) ? this.services.get(id) : null;
		return state != null && state.service().dns() != null && !state.instances().isEmpty();
	}

}
