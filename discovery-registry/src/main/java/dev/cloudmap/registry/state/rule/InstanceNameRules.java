package dev.cloudmap.registry.state.rule;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.state.model.DomainNames;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;

/**
 * Validates the DNS names of instances. A name belongs to one service or one instance.
 */
public final class InstanceNameRules {

	private InstanceNameRules() {
	}

	/**
	 * Finds the reason why an instance cannot be registered: its DNS name, or the name of
	 * its service, is too long or belongs to another service or instance. A registered
	 * instance without a name can be registered again.
	 * @return the error message, or null
	 */
	public static @Nullable String findObstacle(RegistrySnapshot snapshot, RegistryMode mode, Namespace namespace,
			Service service, InstanceReference key) {
		if (service.dns() == null || snapshot.service(service.id()).nameless().contains(key.instanceId())) {
			return null;
		}
		InstanceReference owner = snapshot.findInstanceByName(namespace, service.name());
		if (owner != null) {
			return "The DNS name '%s' of the service '%s' already belongs to %s. %s".formatted(
					DomainNames.below(service.name(), namespace.name()), service.name(), describe(snapshot, owner),
					"Register that instance under another id, or use a service with another name.");
		}
		// Route 53 accepts such records.
		Namespace nearer = (mode == RegistryMode.EXTENDED && snapshot.findInstance(key) == null)
				? findZone(snapshot, service.name(), namespace.name()) : null;
		if (nearer != null) {
			return "The DNS name '%s' of the service '%s' is not answered from '%s': the namespace '%s' (%s) %s"
				.formatted(DomainNames.below(service.name(), namespace.name()), service.name(), namespace.name(),
						nearer.name(), nearer.id(), "contains that name. Use a service with another name.");
		}
		return service.hasRecords(RecordType.SRV) ? findTargetObstacle(snapshot, namespace, service, key) : null;
	}

	private static @Nullable String findTargetObstacle(RegistrySnapshot snapshot, Namespace namespace, Service service,
			InstanceReference key) {
		String name = DomainNames.ofInstance(key, service);
		InstanceReference owner = snapshot.findInstanceByName(namespace, name);
		if (key.equals(owner)) {
			return null;
		}
		String length = findLength(namespace, service, key.instanceId());
		if (length != null) {
			return length;
		}
		String target = "The service '%s' has SRV records, which name this instance '%s', but "
			.formatted(service.name(), DomainNames.below(name, namespace.name()));
		if (owner != null) {
			return "%sthat name already belongs to %s, and DNS names are case-insensitive. Choose another instance id."
				.formatted(target, describe(snapshot, owner));
		}
		Service same = snapshot.findServiceWithRecords(namespace, name);
		if (same != null) {
			return "%sthat name already belongs to the service '%s' (%s). %s".formatted(target, same.name(), same.id(),
					"Choose another instance id, or delete that service if it is unused.");
		}
		Namespace below = findZone(snapshot, key.instanceId(), DomainNames.below(service.name(), namespace.name()));
		return (below != null) ? "%sthe namespace '%s' (%s) contains that name. Choose another instance id."
			.formatted(target, below.name(), below.id()) : null;
	}

	private static @Nullable String findLength(Namespace namespace, Service service, String id) {
		String name = id + "." + DomainNames.below(service.name(), namespace.name());
		int longest = DomainNames.labels(id).stream().mapToInt(String::length).max().orElse(0);
		if (longest <= DomainNames.MAX_LABEL && name.length() <= DomainNames.MAX_NAME) {
			return null;
		}
		return ("The service '%s' has SRV records, which name its instances <instance id>.%s. DNS allows %d "
				+ "characters for each label and %d for the name, but '%s' has a label of %d and makes a name of %d. "
				+ "Choose a shorter instance id.")
			.formatted(service.name(), DomainNames.below(service.name(), namespace.name()), DomainNames.MAX_LABEL,
					DomainNames.MAX_NAME, id, longest, name.length());
	}

	private static String describe(RegistrySnapshot snapshot, InstanceReference owner) {
		return "the instance '%s' of the service '%s' (%s)".formatted(owner.instanceId(),
				snapshot.service(owner.serviceId()).service().name(), owner.serviceId());
	}

	/**
	 * Finds the DNS namespace that contains a name instead of the namespace of its
	 * parent.
	 * @param relative the id of an instance or the name of a service
	 * @param above the name of the parent
	 */
	private static @Nullable Namespace findZone(RegistrySnapshot snapshot, String relative, String above) {
		List<String> labels = DomainNames.labels(relative);
		for (int skipped = 0; skipped < labels.size(); skipped++) {
			String name = String.join(".", labels.subList(skipped, labels.size())) + "." + above;
			// An id with an empty label is one label, which no namespace can contain.
			Namespace zone = snapshot.namespacesNamed(name.toLowerCase(Locale.ROOT))
				.stream()
				.filter((namespace) -> namespace.type().isDns())
				.min(Comparator.comparing(Namespace::created).thenComparing(Namespace::id))
				.orElse(null);
			if (zone != null) {
				return zone;
			}
		}
		return null;
	}

}
