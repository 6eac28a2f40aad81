package dev.cloudmap.discovery.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.Lookup.Service;
import dev.cloudmap.discovery.registry.LookupFilter;

/**
 * What the user has set of services beforehand.
 *
 * @param settings the settings by service; never null, immutable
 */
record KnownServices(Map<ServiceName, Service> settings) {

	private static final String PROPERTY = "discovery.lookup.services";

	private static final int MAX_PORT = 65_535;

	KnownServices {
		settings = Map.copyOf(settings);
	}

	/**
	 * The services that names mean as callers give them.
	 * @param namespaces what names mean
	 * @param byName the settings by name
	 * @throws DiscoveryException if a name can't be a service's, two are the same
	 * service's, or a port is out of range
	 */
	static KnownServices of(Namespaces namespaces, Map<String, Service> byName) {
		Map<ServiceName, Service> settings = new LinkedHashMap<>();
		byName.forEach((name, service) -> {
			ServiceName known = serviceName(namespaces, name);
			if (settings.put(known, service) != null) {
				throw new DiscoveryException(
						PROPERTY + " has several entries for service " + known + ", one of them '" + name + "'",
						"Write all of them under one name, such as " + PROPERTY + "[" + known + "]", null);
			}
			requirePort(name, service.port());
		});
		return new KnownServices(settings);
	}

	private static ServiceName serviceName(Namespaces namespaces, String name) {
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
	 * The port of a service whose instances don't tell theirs; null if none is set.
	 */
	@Nullable Integer port(ServiceName name) {
		Service service = this.settings.get(name);
		return (service != null) ? service.port() : null;
	}

	/**
	 * Which of a service's instances the user wants.
	 */
	LookupFilter filter(ServiceName name) {
		Service service = this.settings.get(name);
		return (service != null) ? service.filter() : LookupFilter.NONE;
	}

}
