package dev.cloudmap.discovery.registration;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.IpLiteral;

/**
 * What a {@link HostResolver} answers: an address and why it is that one, or why it knows
 * none.
 */
public sealed interface HostAnswer {

	/**
	 * Why; never null.
	 */
	String reason();

	/**
	 * An address.
	 * @param address an IP address, IPv6 with or without brackets; not null
	 * @param reason why it is that one, for a log line; not null
	 * @return the answer, never null
	 * @throws DiscoveryException if it is no IP address
	 */
	static HostAnswer of(String address, String reason) {
		return of(List.of(RegisteredAddress.parse(address)), reason);
	}

	/**
	 * An IPv4 and an IPv6 address of the same machine.
	 * @param ipv4 an IPv4 address; not null
	 * @param ipv6 an IPv6 address, with or without brackets; not null
	 * @param reason why it is those, for a log line; not null
	 * @return the answer, never null
	 * @throws DiscoveryException if one of them is no IP address
	 */
	static HostAnswer of(String ipv4, String ipv6, String reason) {
		return of(List.of(RegisteredAddress.parse(ipv4), RegisteredAddress.parse(ipv6)), reason);
	}

	/**
	 * The first address of each family.
	 * @param addresses the addresses, at least one; not null
	 * @param reason why it is those, for a log line; not null
	 * @return the answer, never null
	 */
	static HostAnswer of(List<InetAddress> addresses, String reason) {
		return new Found(first(addresses, Inet4Address.class), first(addresses, Inet6Address.class), reason);
	}

	private static @Nullable String first(List<InetAddress> addresses, Class<? extends InetAddress> family) {
		return addresses.stream().filter(family::isInstance).map(IpLiteral::format).findFirst().orElse(null);
	}

	/**
	 * No address: the next resolver is asked.
	 * @param reason why not, for a log line; not null
	 * @return the answer, never null
	 */
	static HostAnswer none(String reason) {
		return new None(reason);
	}

	/**
	 * An address.
	 *
	 * @param ipv4 the IPv4 address; null if there is none
	 * @param ipv6 the IPv6 address, without brackets; null if there is none
	 * @param reason why it is that one; never null
	 */
	record Found(@Nullable String ipv4, @Nullable String ipv6, String reason) implements HostAnswer {

		/**
		 * Validates that there is an address.
		 * @throws IllegalArgumentException if there is none
		 */
		public Found {
			if (ipv4 == null && ipv6 == null) {
				throw new IllegalArgumentException("No address: expected IPv4 or IPv6 or both (" + reason + ")");
			}
		}

	}

	/**
	 * No address.
	 *
	 * @param reason why not; never null
	 */
	record None(String reason) implements HostAnswer {
	}

}
