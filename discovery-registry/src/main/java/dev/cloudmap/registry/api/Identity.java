package dev.cloudmap.registry.api;

import java.net.InetSocketAddress;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.netty.util.NetUtil;

import dev.cloudmap.registry.state.RegistryMode;

/**
 * By what another application recognises a registry, and learns where its DNS is.
 *
 * @param registry always {@link #NAME}
 * @param version the registry's version
 * @param http where its API is, as seen by whoever asks
 * @param dns where its DNS is, as seen by whoever asks
 * @param capabilities what it can do beyond Cloud Map's API: {@code leases} and
 * {@code watch}, or nothing
 */
record Identity(@JsonProperty("registry") String registry, @JsonProperty("version") String version,
		@JsonProperty("http") String http, @JsonProperty("dns") String dns,
		@JsonProperty("capabilities") List<String> capabilities) {

	static final String NAME = "discovery-registry";

	private static final String VERSION = implementationVersion();

	/**
	 * Returns the identity for one connection.
	 * @param local the registry's end of the connection: even a registry on all addresses
	 * is seen under one
	 * @param dnsPort the port of its DNS
	 * @param mode what it does beyond Cloud Map
	 */
	static Identity seenAt(InetSocketAddress local, int dnsPort, RegistryMode mode) {
		return new Identity(NAME, VERSION, NetUtil.toSocketAddressString(local),
				NetUtil.toSocketAddressString(new InetSocketAddress(local.getAddress(), dnsPort)),
				(mode == RegistryMode.EXTENDED) ? List.of("leases", "watch") : List.of());
	}

	private static String implementationVersion() {
		String version = Identity.class.getPackage().getImplementationVersion();
		return (version != null) ? version : "development";
	}

}
