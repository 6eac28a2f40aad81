package dev.cloudmap.registry.state;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What the DNS names of instances must be. A name belongs to one service or to one
 * instance, so that the answers for it agree with one another.
 */
final class NameRules {

	private NameRules() {
	}

	/**
	 * Refuses to register an instance when that would give a name that DNS does not allow
	 * or that is taken.
	 */
	static void check(Draft draft, Namespace namespace, Service service, InstanceKey key) {
		if (service.dns() == null) {
			return;
		}
		InstanceKey holder = draft.findHolder(namespace, service.name());
		if (holder != null) {
			throw RegistryException.invalid("The DNS name '%s' of the service '%s' is the name of %s already. %s"
				.formatted(DomainNames.below(service.name(), namespace.name()), service.name(), describe(draft, holder),
						"Register that instance under another id, or use a service with another name."));
		}
		if (service.hasRecords(RecordType.SRV)) {
			checkTarget(draft, namespace, service, key);
		}
	}

	/**
	 * SRV records name an instance by its id in front of the service's name.
	 */
	private static void checkTarget(Draft draft, Namespace namespace, Service service, InstanceKey key) {
		String name = InstanceName.of(key, service);
		InstanceKey holder = draft.findHolder(namespace, name);
		if (key.equals(holder)) {
			return;
		}
		checkLength(namespace, service, key.instanceId());
		String obstacle = (holder != null)
				? "that is the name of %s already, and DNS does not distinguish case".formatted(describe(draft, holder))
				: findObstacle(draft, namespace, name, service);
		if (obstacle != null) {
			throw RegistryException.invalid(("The service '%s' has SRV records, which name this instance '%s', but %s. "
					+ "Choose another instance id.")
				.formatted(service.name(), DomainNames.below(name, namespace.name()), obstacle));
		}
	}

	private static void checkLength(Namespace namespace, Service service, String id) {
		String name = id + "." + DomainNames.below(service.name(), namespace.name());
		int longest = InstanceName.labels(id).stream().mapToInt(String::length).max().orElse(0);
		if (longest > DomainNames.MAX_LABEL || name.length() > DomainNames.MAX_NAME) {
			throw RegistryException.invalid(("The service '%s' has SRV records, which name its instances "
					+ "<instance id>.%s. DNS allows %d characters for each label and %d for the name, but '%s' has a "
					+ "label of %d and makes a name of %d. Choose a shorter instance id.")
				.formatted(service.name(), DomainNames.below(service.name(), namespace.name()), DomainNames.MAX_LABEL,
						DomainNames.MAX_NAME, id, longest, name.length()));
		}
	}

	private static String describe(Draft draft, InstanceKey holder) {
		return "the instance '%s' of the service '%s' (%s)".formatted(holder.instanceId(),
				draft.service(holder.serviceId()).name(), holder.serviceId());
	}

	private static @Nullable String findObstacle(Draft draft, Namespace namespace, String name, Service service) {
		Service same = draft.findService(namespace, name);
		if (same != null && same.dns() != null) {
			return "that is the name of the service '%s' (%s) already".formatted(same.name(), same.id());
		}
		Namespace below = findZone(draft, DomainNames.below(name, namespace.name()),
				DomainNames.below(service.name(), namespace.name()));
		return (below != null) ? "the namespace '%s' (%s) answers for that name".formatted(below.name(), below.id())
				: null;
	}

	/**
	 * Finds the DNS namespace that answers for a name instead of the one that is above a
	 * service.
	 */
	private static @Nullable Namespace findZone(Draft draft, String name, String serviceName) {
		String lowerCase = name.toLowerCase(Locale.ROOT);
		for (Namespace other : draft.namespaces()) {
			if (other.type().isDns() && other.name().length() > serviceName.length()
					&& ("." + lowerCase).endsWith("." + other.key())) {
				return other;
			}
		}
		return null;
	}

}
