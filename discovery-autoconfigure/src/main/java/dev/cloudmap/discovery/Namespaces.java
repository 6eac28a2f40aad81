package dev.cloudmap.discovery;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The namespaces that service ids may end with.
 *
 * @param byDefault the namespace of ids that name none; never null
 * @param others further namespaces, needed only where a service's own name has dots in
 * it; never null, immutable
 */
public record Namespaces(Namespace byDefault, List<Namespace> others) {

	/** The longest first: {@code worker.eu.corp} is in {@code eu.corp}. */
	private static final Comparator<Namespace> LONGEST = Comparator
		.comparingInt((Namespace namespace) -> namespace.name().length())
		.reversed();

	public Namespaces {
		others = List.copyOf(others);
	}

	/**
	 * The default namespace and no other.
	 */
	public static Namespaces of(Namespace byDefault) {
		return new Namespaces(byDefault, List.of());
	}

	/**
	 * The service that a client's service id means. An id that ends with one of these
	 * namespaces is in it, in the longest if it is several; another one with a dot in it
	 * is the service before the first dot in the namespace behind it; one without a dot
	 * is in the default namespace. A dot at the end counts for nothing, as in DNS.
	 * @param serviceId the id, usually the host of a URI; not null
	 * @return the service's name, never null
	 * @throws InvalidNameException if the id names no service
	 */
	public ServiceName serviceName(String serviceId) {
		String id = serviceId.endsWith(".") ? serviceId.substring(0, serviceId.length() - 1) : serviceId;
		Namespace known = Stream.concat(Stream.of(this.byDefault), this.others.stream())
			.filter((namespace) -> namespace.isSuffixOf(id))
			.min(LONGEST)
			.orElse(null);
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
	 * Hosts come in any case, and two namespaces that differ in nothing else do not.
	 */
	private static Namespace namespace(String name) {
		return new Namespace(name.toLowerCase(Locale.ROOT));
	}

}
