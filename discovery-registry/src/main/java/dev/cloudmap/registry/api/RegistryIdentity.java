package dev.cloudmap.registry.api;

import java.net.InetSocketAddress;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.netty.util.NetUtil;

import dev.cloudmap.registry.state.emulation.RegistryMode;

/**
 * The response to {@code GET /}, by which applications recognize a registry and find its
 * DNS server.
 *
 * @param registry {@link #NAME}
 * @param version the version of the registry
 * @param http the address of the API in this connection
 * @param dns the address of the DNS server
 * @param capabilities the features beyond Cloud Map's API: {@code leases} and
 * {@code watch}, or none
 */
record RegistryIdentity(@JsonProperty("registry") String registry, @JsonProperty("version") String version,
		@JsonProperty("http") String http, @JsonProperty("dns") String dns,
		@JsonProperty("capabilities") List<String> capabilities) {

	static final String NAME = "discovery-registry";

	private static final String VERSION = implementationVersion();

	/**
	 * Returns the identity for a connection.
	 * @param local the local address of the connection
	 * @param dnsPort the port of the DNS server
	 * @param mode the mode of the registry
	 */
	static RegistryIdentity of(InetSocketAddress local, int dnsPort, RegistryMode mode) {
		return new RegistryIdentity(NAME, VERSION, NetUtil.toSocketAddressString(local),
				NetUtil.toSocketAddressString(new InetSocketAddress(local.getAddress(), dnsPort)),
				(mode == RegistryMode.EXTENDED) ? List.of("leases", "watch") : List.of());
	}

	private static String implementationVersion() {
		String version = RegistryIdentity.class.getPackage().getImplementationVersion();
		return (version != null) ? version : "development";
	}

}
