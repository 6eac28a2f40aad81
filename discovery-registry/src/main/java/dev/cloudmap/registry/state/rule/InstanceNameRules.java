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
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * What the DNS names of instances must be. A name belongs to one service or to one
 * instance, so that the answers for it agree with one another.
 */
public final class InstanceNameRules {

	private InstanceNameRules() {
	}

	/**
	 * Finds why an instance cannot be registered: its DNS name, or that of its service,
	 * would be one that DNS does not allow or that is taken. An instance without a name
	 * that is registered already can be registered again.
	 * @return what was found and what to write instead; null when nothing is wrong
	 */
	public static @Nullable String findObstacle(WriteTransaction transaction, Namespace namespace, Service service,
			InstanceReference key) {
		if (service.dns() == null || transaction.isNameless(key)) {
			return null;
		}
		InstanceReference holder = transaction.findInstanceByName(namespace, service.name());
		if (holder != null) {
			return "The DNS name '%s' of the service '%s' is the name of %s already. %s".formatted(
					DomainNames.below(service.name(), namespace.name()), service.name(), describe(transaction, holder),
					"Register that instance under another id, or use a service with another name.");
		}
		Namespace nearer = findNearerNamespace(transaction, namespace, service, key);
		if (nearer != null) {
			return "The DNS name '%s' of the service '%s' is not answered from '%s': the namespace '%s' (%s) %s"
				.formatted(DomainNames.below(service.name(), namespace.name()), service.name(), namespace.name(),
						nearer.name(), nearer.id(), "answers for that name. Use a service with another name.");
		}
		return service.hasRecords(RecordType.SRV) ? findTargetObstacle(transaction, namespace, service, key) : null;
	}

	/**
	 * Finds the DNS namespace that answers for a service's name instead of the service's
	 * own. Route 53 accepts records that it does not answer with, and so does a registry
	 * that is like it.
	 */
	private static @Nullable Namespace findNearerNamespace(WriteTransaction transaction, Namespace namespace,
			Service service, InstanceReference key) {
		boolean registered = transaction.findInstance(key) != null;
		return (registered || transaction.mode() == RegistryMode.LIKE_AWS) ? null
				: findZone(transaction, service.name(), namespace.name());
	}

	/**
	 * SRV records name an instance by its id in front of the service's name.
	 */
	private static @Nullable String findTargetObstacle(WriteTransaction transaction, Namespace namespace,
			Service service, InstanceReference key) {
		String name = DomainNames.ofInstance(key, service);
		InstanceReference holder = transaction.findInstanceByName(namespace, name);
		if (key.equals(holder)) {
			return null;
		}
		String length = findLength(namespace, service, key.instanceId());
		if (length != null) {
			return length;
		}
		String target = "The service '%s' has SRV records, which name this instance '%s', but "
			.formatted(service.name(), DomainNames.below(name, namespace.name()));
		if (holder != null) {
			return "%sthat is the name of %s already, and DNS does not distinguish case. Choose another instance id."
				.formatted(target, describe(transaction, holder));
		}
		Service same = transaction.findServiceWithRecords(namespace, name);
		if (same != null) {
			return "%sthat is the name of the service '%s' (%s) already. %s".formatted(target, same.name(), same.id(),
					"Choose another instance id, or delete that service if it is unused.");
		}
		Namespace below = findZone(transaction, key.instanceId(), DomainNames.below(service.name(), namespace.name()));
		return (below != null) ? "%sthe namespace '%s' (%s) answers for that name. Choose another instance id."
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

	private static String describe(WriteTransaction transaction, InstanceReference holder) {
		return "the instance '%s' of the service '%s' (%s)".formatted(holder.instanceId(),
				transaction.service(holder.serviceId()).name(), holder.serviceId());
	}

	/**
	 * Finds the DNS namespace that answers for a name instead of the one that answers for
	 * the name above.
	 * @param relative an instance's id or a service's name
	 * @param above the full name below which it is
	 */
	private static @Nullable Namespace findZone(WriteTransaction transaction, String relative, String above) {
		List<String> labels = DomainNames.labels(relative);
		for (int skipped = 0; skipped < labels.size(); skipped++) {
			String name = String.join(".", labels.subList(skipped, labels.size())) + "." + above;
			// The dots of an id that is one label come in no namespace's name: beside one
			// of them a label would be empty.
			Namespace zone = transaction.namespacesNamed(name.toLowerCase(Locale.ROOT))
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
