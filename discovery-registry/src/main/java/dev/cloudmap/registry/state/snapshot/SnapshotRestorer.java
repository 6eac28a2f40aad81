package dev.cloudmap.registry.state.snapshot;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.state.model.DomainNames;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot.ServiceKey;

/**
 * Builds the first snapshot from the content of the journal.
 */
public final class SnapshotRestorer {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotRestorer.class);

	private final long revision;

	private NamespaceIndex namespaces = NamespaceIndex.NONE;

	private PMap<String, ServiceState> services = HashTreePMap.empty();

	private PMap<ServiceKey, String> serviceIds = HashTreePMap.empty();

	private InstanceNameIndex instanceNames = InstanceNameIndex.NONE;

	/** An example of an instance without a DNS name, by service id. */
	private final Map<String, String> nameless = new LinkedHashMap<>();

	private SnapshotRestorer(long revision) {
		this.revision = revision;
	}

	/**
	 * Restores a snapshot.
	 * @param keptRevision the latest revision in the journal; 0 if the journal is empty
	 * @param namespaces all namespaces
	 * @param services all services
	 * @param kept all instances
	 * @param now the current time
	 * @param mode the mode of the registry; in {@link RegistryMode#LIKE_AWS} leases are
	 * ignored
	 * @return the snapshot
	 */
	public static RegistrySnapshot restore(long keptRevision, List<Namespace> namespaces, List<Service> services,
			List<Instance> kept, Instant now, RegistryMode mode) {
		// The time in microseconds is greater than every revision of an earlier run that
		// kept nothing.
		SnapshotRestorer restorer = new SnapshotRestorer(Math.max(keptRevision + 1, now.toEpochMilli() * 1000));
		namespaces.forEach(restorer::add);
		services.forEach(restorer::add);
		List<Instance> instances = (mode == RegistryMode.LIKE_AWS) ? kept.stream().map(Instance::withoutLease).toList()
				: kept;
		instances.forEach(restorer::add);
		// Of several instances with one name the earliest registration keeps the name.
		instances.stream().sorted(Comparator.comparingLong(Instance::registration)).forEach(restorer::name);
		restorer.nameless.forEach(restorer::warn);
		return new RegistrySnapshot(restorer.revision, restorer.namespaces, restorer.services, restorer.serviceIds,
				restorer.instanceNames);
	}

	private void add(Namespace namespace) {
		this.namespaces = this.namespaces.with(namespace);
	}

	private void add(Service service) {
		this.services = this.services.plus(service.id(), ServiceState.of(service, this.revision));
		Namespace namespace = this.namespaces.find(service.namespaceId());
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
	 * Assigns the DNS name to an instance unless a service or another instance has it.
	 */
	private void name(Instance instance) {
		ServiceState state = this.services.get(instance.key().serviceId());
		Namespace namespace = (state != null) ? this.namespaces.find(state.service().namespaceId()) : null;
		if (state == null || namespace == null || !state.service().hasRecords(RecordType.SRV)) {
			return;
		}
		Service service = state.service();
		String name = DomainNames.ofInstance(instance.key(), service);
		String owner = describeOwner(namespace, name);
		if (owner == null) {
			this.instanceNames = this.instanceNames.with(namespace, service, instance.key());
			return;
		}
		this.services = this.services.plus(service.id(), state.withoutName(instance.id()));
		this.nameless.computeIfAbsent(service.id(), (id) -> "the name '%s' of the instance '%s' belongs to %s"
			.formatted(DomainNames.below(name, namespace.name()), instance.id(), owner));
	}

	/**
	 * Describes the instance, or the service with instances, that has a DNS name.
	 */
	private @Nullable String describeOwner(Namespace namespace, String name) {
		InstanceReference instance = this.instanceNames.find(namespace, name);
		if (instance != null) {
			return "the instance '%s' of the service with the id '%s'".formatted(instance.instanceId(),
					instance.serviceId());
		}
		String id = this.serviceIds.get(ServiceKey.of(namespace, name));
		ServiceState state = (id != null) ? this.services.get(id) : null;
		return (state != null && state.service().dns() != null && !state.instances().isEmpty())
				? "the service '%s' (%s)".formatted(state.service().name(), id) : null;
	}

	private void warn(String serviceId, String example) {
		ServiceState state = this.services.get(serviceId);
		if (state != null) {
			logger
				.warn("Instances of the service '{}' ({}) without an SRV record, because a service or another instance has "
						+ "the DNS name of the instance: {}. For example, {}. Register such instances under other ids.",
						state.service().name(), serviceId, state.nameless().size(), example);
		}
	}

}
