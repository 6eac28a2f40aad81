package dev.cloudmap.discovery.lookup;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.RegistryInfo;

/**
 * The settings of {@code discovery.lookup.services}. Immutable.
 *
 * @param services the settings by service
 */
public record ConfiguredServices(Map<ServiceName, Service> services) {

	private static final String PROPERTY = "discovery.lookup.services";

	private static final int MAX_PORT = 65_535;

	public ConfiguredServices {
		services = Map.copyOf(services);
	}

	/**
	 * Resolves the names under which services are configured.
	 * @param namespaces resolves a name to a service
	 * @param byName the settings by name
	 * @return the settings by service
	 * @throws DiscoveryException if a name is invalid, two names resolve to the same
	 * service, or a port is out of range
	 */
	public static ConfiguredServices of(Namespaces namespaces, Map<String, Service> byName) {
		Map<ServiceName, Service> services = new LinkedHashMap<>();
		byName.forEach((name, service) -> {
			ServiceName resolved = resolve(namespaces, name);
			if (services.put(resolved, service) != null) {
				throw new DiscoveryException(
						PROPERTY + " has several entries for service " + resolved + ", one of them '" + name + "'",
						"Write all of them under one name, such as " + PROPERTY + "[" + resolved + "]", null);
			}
			requirePort(name, service.port());
		});
		return new ConfiguredServices(services);
	}

	private static ServiceName resolve(Namespaces namespaces, String name) {
		try {
			return namespaces.serviceName(name);
		}
		catch (InvalidNameException ex) {
			throw new DiscoveryException(PROPERTY + " has an entry '" + name + "', but " + ex.getDescription(),
					"Write the name by which the service is called: " + PROPERTY + ".worker.port, or with dots "
							+ PROPERTY + "[worker.partner].port",
					ex);
		}
	}

	private static void requirePort(String name, @Nullable Integer port) {
		if (port != null && (port < 1 || port > MAX_PORT)) {
			throw new DiscoveryException(PROPERTY + "[" + name + "].port is " + port + ": expected 1 to " + MAX_PORT,
					"Correct " + PROPERTY + "[" + name + "].port", null);
		}
	}

	/**
	 * The port of instances that are found without one, or null if none is configured.
	 */
	public @Nullable Integer port(ServiceName name) {
		Service service = this.services.get(name);
		return (service != null) ? service.port() : null;
	}

	/**
	 * The filter of a service's instances, or {@link LookupFilter#NONE}.
	 */
	public LookupFilter filter(ServiceName name) {
		Service service = this.services.get(name);
		return (service != null) ? service.filter() : LookupFilter.NONE;
	}

	/**
	 * The tag that the instances of a service must have, or null.
	 */
	public @Nullable String tag(ServiceName name) {
		return filter(name).tag();
	}

	/**
	 * Checks that no service has a tag.
	 * @param registry a registry without tags
	 * @throws DiscoveryException if a service has a tag
	 */
	public void requireNoTags(RegistryInfo registry) {
		this.services.forEach((name, service) -> {
			if (service.filter().tag() != null) {
				throw new DiscoveryException(
						PROPERTY + "[" + name + "].tag is set, but the registry is " + registry
								+ ": only Consul has tags",
						"Remove it, or use " + PROPERTY + "[" + name + "].query-parameters", null);
			}
		});
	}

	/**
	 * The settings of one service.
	 *
	 * @param port the port of instances that are found without one, or null
	 * @param filter the filter of the service's instances
	 */
	public record Service(@Nullable Integer port, LookupFilter filter) {
	}

}
