package dev.cloudmap.discovery.autoconfigure.consul;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * Details required to establish a connection to Consul. If a bean of this type is
 * present, it replaces the properties of the connection below {@code discovery.consul},
 * and {@code discovery.registry=auto} selects Consul.
 */
public interface ConsulConnectionDetails extends ConnectionDetails {

	/**
	 * Returns the URI of the agent's HTTP API, as {@code http://host:port} or
	 * {@code https://host:port}.
	 */
	URI getAgent();

	/**
	 * Returns the ACL token; null for none.
	 */
	default @Nullable String getToken() {
		return null;
	}

	/**
	 * Returns the datacenter of lookups; null for {@code discovery.consul.datacenter}.
	 */
	default @Nullable String getDatacenter() {
		return null;
	}

	/**
	 * Returns the SSL bundle of the connection; null for the certificates that the JVM
	 * trusts.
	 */
	default @Nullable SslBundle getSslBundle() {
		return null;
	}

	/**
	 * Returns the DNS servers of Consul, which must answer over TCP; empty if DNS is not
	 * available, so that only the API is used; null for the agent's host with
	 * {@code discovery.consul.dns-port}. {@code discovery.lookup.dns.servers} takes
	 * precedence.
	 */
	default @Nullable List<InetSocketAddress> getDnsServers() {
		return null;
	}

}
