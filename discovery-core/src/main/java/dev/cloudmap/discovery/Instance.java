package dev.cloudmap.discovery;

import java.util.Map;

/**
 * One place where a service can be reached. Equal instances are equal in every component,
 * so that a list that did not change compares equal to the one before.
 *
 * @param service the service it belongs to; never null
 * @param id its id, unique within the service; never null
 * @param host an IP address (IPv6 without brackets) or a host name; never null
 * @param port the port, 1 to 65535
 * @param health its health as far as the source knows; never null
 * @param attributes what else the registry holds of it, empty where the source carries
 * none; never null, immutable
 */
public record Instance(ServiceName service, String id, String host, int port, HealthStatus health,
		Map<String, String> attributes) {

	private static final int MAX_PORT = 65535;

	/**
	 * Validates host and port.
	 * @throws IllegalArgumentException if the host is blank or the port out of range
	 */
	public Instance {
		if (host.isBlank()) {
			throw new IllegalArgumentException("Instance " + id + " of " + service + " has no host");
		}
		if (port < 1 || port > MAX_PORT) {
			throw new IllegalArgumentException(
					"Instance " + id + " of " + service + " has port " + port + ", expected 1 to " + MAX_PORT);
		}
		attributes = Map.copyOf(attributes);
	}

}
