package dev.cloudmap.discovery;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Resolves service ids to services, by namespaces and aliases. Immutable.
 *
 * @param byDefault the namespace of ids without a namespace
 * @param others further namespaces, needed only if names of their services contain dots;
 * immutable
 * @param aliases additional names of services
 */
public record Namespaces(Namespace byDefault, List<Namespace> others, Aliases aliases) {

	/** The longest first: {@code worker.eu.corp} is in {@code eu.corp}. */
	private static final Comparator<Namespace> LONGEST = Comparator
		.comparingInt((Namespace namespace) -> namespace.name().length())
		.reversed();

	public Namespaces {
		others = List.copyOf(others);
	}

	/**
	 * Namespaces without aliases.
	 */
	public Namespaces(Namespace byDefault, List<Namespace> others) {
		this(byDefault, others, Aliases.NONE);
	}

	/**
	 * The default namespace only.
	 */
	public static Namespaces of(Namespace byDefault) {
		return new Namespaces(byDefault, List.of());
	}

	/**
	 * The same namespaces with other aliases.
	 */
	public Namespaces with(Aliases aliases) {
		return new Namespaces(this.byDefault, this.others, aliases);
	}

	/**
	 * Resolves a service id. An alias resolves to its service. An id that ends with one
	 * of these namespaces belongs to that namespace, to the longest one if several match.
	 * Any other id with a dot is split at its first dot into service and namespace. An id
	 * without a dot belongs to the default namespace. A trailing dot is ignored, as in
	 * DNS.
	 * @param serviceId the id, usually the host of a URI
	 * @throws InvalidNameException if the id is not a valid service name
	 */
	public ServiceName serviceName(String serviceId) {
		ServiceName aliased = this.aliases.service(serviceId);
		if (aliased != null) {
			return aliased;
		}
		String id = serviceId.endsWith(".") ? serviceId.substring(0, serviceId.length() - 1) : serviceId;
		Namespace known = longestSuffix(id);
		if (known != null) {
			return new ServiceName(known, id.substring(0, id.length() - known.name().length() - 1));
		}
		int dot = id.indexOf('.');
		if (dot < 0 || id.equalsIgnoreCase(this.byDefault.name())) {
			return new ServiceName(this.byDefault, id);
		}
		return new ServiceName(namespace(id.substring(dot + 1)), id.substring(0, dot));
	}

	/**
	 * Returns the id by which a service of the default namespace is called: its own name,
	 * or its full name if its own name resolves to another service, as a name with dots
	 * may.
	 * @param name the service's own name
	 * @return the id; null if no id resolves to the service
	 */
	public @Nullable String serviceId(String name) {
		if (!ServiceName.isValid(name)) {
			return null;
		}
		ServiceName service = new ServiceName(this.byDefault, name);
		return Stream.of(name, service.toString())
			.filter((id) -> serviceName(id).equals(service))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Returns the ids by which services are called: as {@link #serviceId} for the default
	 * namespace, otherwise their full names.
	 * @param namespace the namespace of the services
	 * @param names the services' own names
	 * @return the ids, without services that have none
	 */
	public List<String> serviceIds(Namespace namespace, List<String> names) {
		if (namespace.equals(this.byDefault)) {
			return names.stream().map(this::serviceId).filter(Objects::nonNull).toList();
		}
		return names.stream()
			.filter(ServiceName::isValid)
			.map((name) -> new ServiceName(namespace, name))
			.filter((service) -> serviceName(service.toString()).equals(service))
			.map(ServiceName::toString)
			.toList();
	}

	/**
	 * Whether an id ends with one of these namespaces.
	 */
	boolean isFullName(String id) {
		return longestSuffix(id) != null;
	}

	private @Nullable Namespace longestSuffix(String id) {
		return Stream.concat(Stream.of(this.byDefault), this.others.stream())
			.filter((namespace) -> namespace.isSuffixOf(id))
			.min(LONGEST)
			.orElse(null);
	}

	/**
	 * Hosts are case-insensitive, and no two namespaces differ only in case.
	 */
	private static Namespace namespace(String name) {
		return new Namespace(name.toLowerCase(Locale.ROOT));
	}

}
