package dev.cloudmap.discovery.registry.embedded;

import java.net.InetSocketAddress;
import java.net.URI;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * Exception thrown if the embedded registry's port is used by a program that is not a
 * registry to join.
 */
public class PortTakenException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	private static final int MAX_PORT = 65_535;

	private final int port;

	PortTakenException(URI endpoint, String found) {
		this(endpoint, found, "Stop that program, or " + otherPort(endpoint));
	}

	private PortTakenException(URI endpoint, String found, String action) {
		super("Port " + endpoint.getPort() + " of " + endpoint.getHost()
				+ " cannot be used by the embedded registry: expected a free port or a registry to join, found "
				+ found, action, null);
		this.port = endpoint.getPort();
	}

	/**
	 * Creates the exception for a registry that runs elsewhere, for example in a
	 * container that publishes its port. It cannot be joined, because its DNS and its
	 * instances are not at loopback addresses.
	 */
	static PortTakenException elsewhere(URI endpoint, InetSocketAddress dns) {
		return new PortTakenException(endpoint,
				"a registry whose DNS at " + dns.getAddress().getHostAddress() + ":" + dns.getPort()
						+ " is not at a loopback address, such as a registry in a container",
				"To use that registry, set discovery.cloud-map.endpoint=" + endpoint
						+ " or declare connection details. To use another one, " + otherPort(endpoint));
	}

	/**
	 * Creates the exception for a registry with another secret, or for a program that
	 * pretends to be a registry.
	 */
	static PortTakenException otherSecret(URI endpoint, String found) {
		return new PortTakenException(endpoint, found,
				"Set the same discovery.embedded.secret in all your applications, or " + otherPort(endpoint));
	}

	private static String otherPort(URI endpoint) {
		return "give all your applications another port: discovery.embedded.http-port="
				+ ((endpoint.getPort() < MAX_PORT) ? endpoint.getPort() + 1 : endpoint.getPort() - 1);
	}

	/**
	 * Returns the port that is in use.
	 */
	public int getPort() {
		return this.port;
	}

}
