package dev.cloudmap.discovery.registration.host;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * The address or host name that the user has configured. A wildcard address is ignored.
 *
 * @param property the property that holds the host, for messages
 * @param host returns its value, or null if it is not set
 */
public record ConfiguredHostResolver(String property, Supplier<@Nullable String> host) implements HostResolver {

	@Override
	public String name() {
		return this.property;
	}

	@Override
	public HostResolution resolve() {
		String host = this.host.get();
		if (host == null || host.isBlank()) {
			return HostResolution.none("not set");
		}
		try {
			List<InetAddress> addresses = List.of(InetAddress.getAllByName(host));
			return addresses.stream().anyMatch(InetAddress::isAnyLocalAddress)
					? HostResolution.none(host + " is a wildcard address")
					: HostResolution.of(addresses, "set to " + host);
		}
		catch (UnknownHostException ex) {
			throw new DiscoveryException(
					"'" + host + "' can't be registered: expected an IP address or a name that resolves",
					"Correct " + this.property + ", or leave it out", ex);
		}
	}

}
