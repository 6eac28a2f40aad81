package dev.cloudmap.discovery;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * What service ids mean: the namespaces that they may end with, and the aliases.
 *
 * @param byDefault the namespace of ids that name none; never null
 * @param others further namespaces, needed only where a service's own name has dots in
 * it; never null, immutable
 * @param aliases further names of services; never null
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
	 * Namespaces whose services have no further names.
	 */
	public Namespaces(Namespace byDefault, List<Namespace> others) {
		this(byDefault, others, Aliases.NONE);
	}

	/**
	 * The default namespace and no other.
	 */
	public static Namespaces of(Namespace byDefault) {
		return new Namespaces(byDefault, List.of());
	}

	/**
	 * The same namespaces, in which services have further names.
	 * @param aliases the further names; not null
	 */
	public Namespaces with(Aliases aliases) {
		return new Namespaces(this.byDefault, this.others, aliases);
	}

	/**
	 * The service that a client's service id means. An alias is what it stands for. An id
	 * that ends with one of these namespaces is in it, in the longest if it is several;
	 * another one with a dot in it is the service before the first dot in the namespace
	 * behind it; one without a dot is in the default namespace. A dot at the end counts
	 * for nothing, as in DNS.
	 * @param serviceId the id, usually the host of a URI; not null
	 * @return the service's name, never null
	 * @throws InvalidNameException if the id names no service
	 */
	public ServiceName serviceName(String serviceId) {
		ServiceName aliased = this.aliases.service(serviceId);
		if (aliased != null) {
			return aliased;
		}
		String id = serviceId.endsWith(".") ? serviceId.substring(0, serviceId.length() - 1) : serviceId;
		Namespace known = named(id);
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
	 * The id by which a service of the default namespace is looked up and called: its own
	 * name, or the one with the namespace if the name alone means another service, as one
	 * with dots does.
	 * @param name the service's own name
	 * @return the id; null if there is none
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
	 * Whether an id ends with one of these namespaces.
	 */
	boolean isFullName(String id) {
		return named(id) != null;
	}

	private @Nullable Namespace named(String id) {
		return Stream.concat(Stream.of(this.byDefault), this.others.stream())
			.filter((namespace) -> namespace.isSuffixOf(id))
			.min(LONGEST)
			.orElse(null);
	}

	/**
	 * Hosts come in any case, and two namespaces that differ in nothing else do not.
	 */
	private static Namespace namespace(String name) {
		return new Namespace(name.toLowerCase(Locale.ROOT));
	}

}
