package dev.cloudmap.discovery.registration;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.CallableAddress;
import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registration.HostAnswer.Found;

/**
 * Asks one {@link HostResolver} after the other for the address at which others reach
 * this application, and remembers what each has answered.
 */
public final class HostChain {

	private static final String PROPERTY = "discovery.registration.host";

	private static final String FAMILY_PROPERTY = "discovery.registration.ip-family";

	private final List<HostResolver> resolvers;

	private final IpFamily family;

	private final Reach reach;

	/**
	 * Creates the chain.
	 * @param resolvers whom to ask, in order; not null
	 * @param family which addresses to register; not null
	 * @param reach from where the application is called; not null
	 */
	public HostChain(List<? extends HostResolver> resolvers, IpFamily family, Reach reach) {
		this.resolvers = List.copyOf(resolvers);
		this.family = family;
		this.reach = reach;
	}

	/**
	 * The address. May do I/O.
	 * @throws DiscoveryException if none was found, or one that nobody could call
	 */
	ResolvedHost resolve() {
		List<String> resolution = new ArrayList<>();
		for (HostResolver resolver : this.resolvers) {
			HostAnswer answer = Objects.requireNonNull(resolver.resolve(),
					() -> resolver.name() + " has answered null, expected HostAnswer.none");
			resolution.add(resolver.name() + " (" + answer.reason() + ")");
			if (answer instanceof Found found) {
				return new ResolvedHost(addresses(found, resolution.get(resolution.size() - 1)), resolution);
			}
		}
		throw new DiscoveryException(
				"No address was found at which others reach this application: " + String.join(", ", resolution),
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
			String flaw = flaw(RegisteredAddress.parse(address));
			if (flaw != null) {
				throw new DiscoveryException("'" + address + "' by " + source + " can't be registered: it is " + flaw,
						"Set " + PROPERTY + " to the address at which others reach this application"
								+ ((this.reach == Reach.NETWORK) ? "; for a registry of this machine alone, set"
										+ " discovery.registry=embedded or discovery.cloud-map.endpoint" : ""),
						null);
			}
		}
		return addresses;
	}

	/**
	 * Why nobody could call an address; null if someone may.
	 */
	private @Nullable String flaw(InetAddress address) {
		String flaw = CallableAddress.flaw(address);
		if (flaw != null) {
			return flaw;
		}
		if (this.reach == Reach.NETWORK && address.isLoopbackAddress()) {
			return "a loopback address, which no other machine reaches";
		}
		return null;
	}

}
