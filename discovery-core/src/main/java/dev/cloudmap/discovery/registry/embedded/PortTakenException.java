package dev.cloudmap.discovery.registry.embedded;

import java.net.InetSocketAddress;
import java.net.URI;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * The embedded registry's port is served by something that is no registry to join.
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
				+ " can't be used by the embedded registry: expected a free port or a registry to join, found " + found,
				action, null);
		this.port = endpoint.getPort();
	}

	/**
	 * A registry that runs elsewhere, as in a container that publishes its port, can't be
	 * joined: neither its DNS nor what registers there is on loopback.
	 */
	static PortTakenException elsewhere(URI endpoint, InetSocketAddress dns) {
		return new PortTakenException(endpoint,
				"a registry whose DNS at " + dns.getAddress().getHostAddress() + ":" + dns.getPort()
						+ " is not on a loopback address, as of a registry in a container",
				"To use that registry, set discovery.cloud-map.endpoint=" + endpoint
						+ " or declare connection details. To use another one, " + otherPort(endpoint));
	}

	/**
	 * A registry whose secret is not this application's, or a program that claims to be
	 * one.
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
	 * The port that is taken.
	 */
	public int getPort() {
		return this.port;
	}

}
