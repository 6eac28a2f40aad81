package dev.cloudmap.discovery.registration;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * The address, or the name of the address, that the user has configured.
 */
public final class ConfiguredHostResolver implements HostResolver {

	private static final String PROPERTY = "discovery.registration.host";

	private final @Nullable String host;

	public ConfiguredHostResolver(@Nullable String host) {
		this.host = host;
	}

	@Override
	public @Nullable ResolvedHost resolve() {
		if (this.host == null) {
			return null;
		}
		try {
			String address = InetAddress.getByName(this.host).getHostAddress();
			return new ResolvedHost(address, PROPERTY + "=" + this.host);
		}
		catch (UnknownHostException ex) {
			throw new DiscoveryException(
					"'" + this.host + "' can't be registered: expected an IP address or a name that resolves",
					"Correct " + PROPERTY + ", or leave it out", ex);
		}
	}

}
