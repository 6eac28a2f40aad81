package dev.cloudmap.discovery.autoconfigure.docker;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.autoconfigure.consul.ConsulConnectionDetails;

/**
 * Connection details of a container with Consul.
 */
public interface ConsulContainerDetails extends ConsulConnectionDetails {

	/** The images of Consul, without a tag. */
	List<String> IMAGES = List.of("hashicorp/consul", "hashicorp/consul-enterprise", "consul");

	/** The port of the HTTP API. */
	int HTTP_PORT = 8500;

	/** The port of DNS, UDP and TCP. */
	int DNS_PORT = 8600;

	/** The environment variable of Consul's command line with the ACL token. */
	String TOKEN_VARIABLE = "CONSUL_HTTP_TOKEN";

	/**
	 * Returns the environment of the container.
	 */
	Map<String, ? extends @Nullable String> environment();

	/**
	 * Returns the host under which published ports are reached.
	 */
	String host();

	/**
	 * Returns the port at which a TCP port of the container is published; null if it is
	 * not published.
	 * @param port the port of the container
	 */
	@Nullable Integer published(int port);

	@Override
	default URI getAgent() {
		Integer port = published(HTTP_PORT);
		if (port == null) {
			throw new IllegalStateException("Consul's port " + HTTP_PORT + " is not published");
		}
		return URI.create(((getSslBundle() != null) ? "https" : "http") + "://" + host() + ":" + port);
	}

	/**
	 * Returns the token that is set in the environment; null if none is set.
	 */
	@Override
	default @Nullable String getToken() {
		String token = environment().get(TOKEN_VARIABLE);
		return (token != null && !token.isBlank()) ? token : null;
	}

	@Override
	default List<InetSocketAddress> getDnsServers() {
		Integer port = published(DNS_PORT);
		return (port != null) ? List.of(new InetSocketAddress(host(), port)) : List.of();
	}

}
