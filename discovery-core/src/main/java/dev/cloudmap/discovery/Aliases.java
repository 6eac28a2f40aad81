package dev.cloudmap.discovery;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Further names of services, such as the host name that an application has always called.
 * An alias is matched whole: {@code payments} says nothing of {@code payments.corp}.
 *
 * @param services the services by their aliases in lower case; never null, immutable
 */
public record Aliases(Map<String, ServiceName> services) {

	/** No aliases. */
	public static final Aliases NONE = new Aliases(Map.of());

	private static final String PROPERTY = "discovery.aliases";

	public Aliases {
		services = Map.copyOf(services);
	}

	/**
	 * The aliases that a user has written.
	 * @param namespaces what the names of services mean; not null
	 * @param targets the services' names, with or without the namespace, by alias; not
	 * null
	 * @return the aliases, never null
	 * @throws DiscoveryException if an alias can't be called or is the full name of a
	 * service, or its target is no service's name or another alias
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
	 * The service that an id is an alias of.
	 * @param serviceId the id, in any case, with or without a dot at the end; not null
	 * @return the service; null if it is no alias
	 */
	public @Nullable ServiceName service(String serviceId) {
		return this.services.isEmpty() ? null : this.services.get(key(serviceId));
	}

	private static void requireHost(String alias) {
		if (alias.isBlank() || !UrlHost.isValid(alias)) {
			throw new DiscoveryException(
					PROPERTY + " has an entry '" + alias
							+ "', which no URL can call: expected letters, digits and '-', with dots in between",
					"Write the host alone, as in " + PROPERTY + "[server.hello-world.com]=server.corp", null);
		}
	}

	/**
	 * A full name always means its own service, so that what an alias hides can still be
	 * called.
	 */
	private static void requireNoFullName(Namespaces namespaces, String alias) {
		if (namespaces.isFullName(key(alias))) {
			ServiceName hidden = namespaces.serviceName(key(alias));
			throw new DiscoveryException(
					PROPERTY + " has an entry '" + alias + "', which is the full name of service " + hidden.name()
							+ " of namespace " + hidden.namespace() + ": nobody could call that any more",
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
