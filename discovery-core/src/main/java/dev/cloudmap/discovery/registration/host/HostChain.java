package dev.cloudmap.discovery.registration.host;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.CallableAddress;
import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.IpLiteral;
import dev.cloudmap.discovery.registration.host.HostResolution.Found;

/**
 * Finds the address at which other applications reach this one: calls one
 * {@link HostResolver} after the other until one returns an address.
 *
 * @param resolvers the resolvers, in order
 * @param family which addresses to register
 * @param scope from where the application is called
 */
public record HostChain(List<? extends HostResolver> resolvers, IpFamily family, NetworkScope scope) {

	private static final String PROPERTY = "discovery.registration.host";

	private static final String FAMILY_PROPERTY = "discovery.registration.ip-family";

	/**
	 * Finds the address. May do I/O.
	 * @throws DiscoveryException if none was found, or one that can't be called
	 */
	public ResolvedHost resolve() {
		List<String> resolution = new ArrayList<>();
		for (HostResolver resolver : this.resolvers) {
			HostResolution result = Objects.requireNonNull(resolver.resolve(),
					() -> resolver.name() + " returned null, expected HostResolution.none");
			resolution.add(resolver.name() + " (" + result.reason() + ")");
			if (result instanceof Found found) {
				return new ResolvedHost(addresses(found, resolution.get(resolution.size() - 1)), resolution);
			}
		}
		throw new DiscoveryException(
				"No address was found at which other applications reach this one: " + String.join(", ", resolution),
				"Set " + PROPERTY + " to it", null);
	}

	private List<String> addresses(Found found, String source) {
		List<String> addresses = this.family.of(found);
		if (addresses.isEmpty()) {
			throw new DiscoveryException(
					"Expected " + ((this.family == IpFamily.BOTH) ? "an IPv4 and an IPv6 address" : "an IPv6 address")
							+ " to register (" + FAMILY_PROPERTY + "=" + this.family.name().toLowerCase(Locale.ROOT)
							+ "), found " + ((found.ipv4() != null) ? found.ipv4() : found.ipv6()) + " by " + source,
					"Set " + FAMILY_PROPERTY + "=" + ((found.ipv4() != null) ? "ipv4" : "ipv6") + ", or " + PROPERTY
							+ " to a name that resolves to what is missing",
					null);
		}
		for (String address : addresses) {
			String flaw = flaw(address);
			if (flaw != null) {
				throw new DiscoveryException("'" + address + "' by " + source + " can't be registered: it is " + flaw,
						"Set " + PROPERTY + " to the address at which other applications reach this one"
								+ ((this.scope == NetworkScope.NETWORK) ? "; for a registry of this machine alone, set"
										+ " discovery.registry=embedded or discovery.cloud-map.endpoint" : ""),
						null);
			}
		}
		return addresses;
	}

	/**
	 * Why an address can't be called; null if it can.
	 */
	private @Nullable String flaw(String literal) {
		InetAddress address = Objects.requireNonNull(IpLiteral.find(literal));
		String flaw = CallableAddress.problem(address);
		if (flaw != null) {
			return flaw;
		}
		if (this.scope == NetworkScope.NETWORK && address.isLoopbackAddress()) {
			return "a loopback address, which other machines can't reach";
		}
		return null;
	}

}
