package dev.cloudmap.discovery;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Additional names of services, such as the host name that an application has used so
 * far. Only the whole name matches: the alias {@code payments} does not apply to
 * {@code payments.corp}.
 *
 * @param services the services by their aliases in lower case; immutable
 */
public record Aliases(Map<String, ServiceName> services) {

	/** No aliases. */
	public static final Aliases NONE = new Aliases(Map.of());

	private static final String PROPERTY = "discovery.aliases";

	public Aliases {
		services = Map.copyOf(services);
	}

	/**
	 * Resolves configured aliases.
	 * @param namespaces resolves service names
	 * @param targets the services' names, with or without the namespace, by alias
	 * @throws DiscoveryException if an alias is not a valid host or is the full name of a
	 * service, or its target is not a service name or is an alias
	 */
	public static Aliases of(Namespaces namespaces, Map<String, String> targets) {
		Map<String, String> written = new HashMap<>();
		targets.forEach((alias, target) -> {
			if (written.put(key(alias), target) != null) {
				throw new DiscoveryException(PROPERTY + " has several entries for '" + key(alias) + "'",
						"Write one of them: upper and lower case and a dot at the end make no difference", null);
			}
			requireHost(alias);
			requireNoFullName(namespaces, alias);
		});
		Map<String, ServiceName> services = new HashMap<>();
		written.forEach((alias, target) -> {
			if (written.containsKey(key(target))) {
				throw new DiscoveryException(
						property(alias) + " is '" + target + "', which is an alias: expected the name of a service",
						"Write the service's own name with its namespace, such as '" + target + "."
								+ namespaces.byDefault() + "'",
						null);
			}
			services.put(alias, service(namespaces, alias, target));
		});
		return new Aliases(services);
	}

	/**
	 * Returns the service of an alias.
	 * @param serviceId the id, in any case, with or without a dot at the end
	 * @return the service; null if the id is not an alias
	 */
	public @Nullable ServiceName service(String serviceId) {
		return this.services.isEmpty() ? null : this.services.get(key(serviceId));
	}

	private static void requireHost(String alias) {
		if (alias.isBlank() || !UrlHost.isValid(alias)) {
			throw new DiscoveryException(PROPERTY + " has an entry '" + alias
					+ "', which is not a valid host in a URL: expected letters, digits and '-', separated by dots",
					"Write the host alone, as in " + PROPERTY + "[server.hello-world.com]=server.corp", null);
		}
	}

	/**
	 * A full name always denotes its own service, so that a service whose short name is
	 * an alias stays reachable.
	 */
	private static void requireNoFullName(Namespaces namespaces, String alias) {
		if (namespaces.isFullName(key(alias))) {
			ServiceName hidden = namespaces.serviceName(key(alias));
			throw new DiscoveryException(
					PROPERTY + " has an entry '" + alias + "', which is the full name of service " + hidden.name()
							+ " of namespace " + hidden.namespace() + ": an alias would make that service unreachable",
					"Write the short name, " + PROPERTY + "." + hidden.name() + ", or another one", null);
		}
	}

	private static ServiceName service(Namespaces namespaces, String alias, String target) {
		try {
			return namespaces.serviceName(target);
		}
		catch (InvalidNameException ex) {
			throw new DiscoveryException(property(alias) + " is '" + target + "', but " + ex.getDescription(),
					"Write the name of a service, with its namespace where that is another one than "
							+ namespaces.byDefault() + ": " + property(alias) + "=payments-v2."
							+ namespaces.byDefault(),
					ex);
		}
	}

	private static String property(String alias) {
		return PROPERTY + "[" + alias + "]";
	}

	private static String key(String name) {
		String lower = name.toLowerCase(Locale.ROOT);
		return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
	}

}
