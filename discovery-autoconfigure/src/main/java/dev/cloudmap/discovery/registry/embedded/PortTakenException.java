package dev.cloudmap.discovery.registry.embedded;

import java.net.URI;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * The embedded registry's port is served by something that is no registry.
 */
public class PortTakenException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	private final int port;

	PortTakenException(URI endpoint, String found) {
		super("Port " + endpoint.getPort() + " of " + endpoint.getHost()
				+ " can't be used by the embedded registry: expected a free port or a registry to join, found " + found,
				"Stop that program, or give all your applications another port: discovery.embedded.http-port="
						+ (endpoint.getPort() + 1),
				null);
		this.port = endpoint.getPort();
	}

	/**
	 * The port that is taken.
	 */
	public int getPort() {
		return this.port;
	}

}
