package dev.cloudmap.discovery;

import java.util.Map;

/**
 * An instance of a service: one address and port at which the service can be called.
 * Equality covers every component, so that an unchanged list equals its predecessor.
 *
 * @param service the service it belongs to
 * @param id its id, unique within the service
 * @param host an IP address (IPv6 without brackets) or a host name
 * @param port the port, 1 to 65535
 * @param health its health, if the source reports it
 * @param attributes its attributes, empty if the source has none; immutable
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
