package dev.cloudmap.registry.state;

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

import dev.cloudmap.registry.state.Snapshot.ServiceKey;

/**
 * Builds the first snapshot from what the journal has kept.
 */
final class Restoration {

	private static final Logger logger = LoggerFactory.getLogger(Restoration.class);

	private final long revision;

	private Namespaces namespaces = Namespaces.NONE;

	private PMap<String, ServiceState> services = HashTreePMap.empty();

	private PMap<ServiceKey, String> serviceIds = HashTreePMap.empty();

	private NameHolders holders = NameHolders.NONE;

	/** The first instance without a name of each service that has any, for the log. */
	private final Map<String, String> nameless = new LinkedHashMap<>();

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
		// Of several instances with one name the earliest registration keeps it.
		instances.stream().sorted(Comparator.comparingLong(Instance::registration)).forEach(restoration::name);
		restoration.nameless.forEach(restoration::warn);
		return new Snapshot(restoration.revision, restoration.namespaces, restoration.services, restoration.serviceIds,
				restoration.holders);
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
	 * Gives an instance its DNS name unless a service or another instance has it.
	 */
	private void name(Instance instance) {
		ServiceState state = this.services.get(instance.key().serviceId());
		Namespace namespace = (state != null) ? this.namespaces.find(state.service().namespaceId()) : null;
		if (state == null || namespace == null || !state.service().hasRecords(RecordType.SRV)) {
			return;
		}
		Service service = state.service();
		String name = InstanceName.of(instance.key(), service);
		String holder = findHolder(namespace, name);
		if (holder == null) {
			this.holders = this.holders.with(namespace, service, instance.key());
			return;
		}
		this.services = this.services.plus(service.id(), state.withoutName(instance.id()));
		this.nameless.computeIfAbsent(service.id(), (id) -> "the name '%s' of the instance '%s' is that of %s"
			.formatted(DomainNames.below(name, namespace.name()), instance.id(), holder));
	}

	/**
	 * Finds the instance, or the service with instances, that has a DNS name.
	 * @return a description of it, or null
	 */
	private @Nullable String findHolder(Namespace namespace, String name) {
		InstanceKey instance = this.holders.find(namespace, name);
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
			logger.warn(
					"{} of the service '{}' ({}) without an SRV record, because a service or another instance has the "
							+ "DNS name of the instance: for example, {}. Register such instances under other ids.",
					(state.nameless().size() == 1) ? "There is 1 instance"
							: "There are %d instances".formatted(state.nameless().size()),
					state.service().name(), serviceId, example);
		}
	}

}
