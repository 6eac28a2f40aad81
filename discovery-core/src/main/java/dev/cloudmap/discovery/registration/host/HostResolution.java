package dev.cloudmap.discovery.registration.host;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.IpLiteral;

/**
 * The result of a {@link HostResolver}: one or two addresses or none, and the reason.
 */
public sealed interface HostResolution {

	/**
	 * The reason for the result, for a log line.
	 */
	String reason();

	/**
	 * An address.
	 * @param address an IP address, IPv6 with or without brackets
	 * @param reason why it is used, for a log line
	 * @throws DiscoveryException if it is no IP address
	 */
	static HostResolution of(String address, String reason) {
		return ofLiterals(List.of(address), reason);
	}

	/**
	 * An IPv4 and an IPv6 address of the same machine.
	 * @param ipv4 an IPv4 address
	 * @param ipv6 an IPv6 address, with or without brackets
	 * @param reason why they are used, for a log line
	 * @throws DiscoveryException if one of them is no IP address
	 */
	static HostResolution of(String ipv4, String ipv6, String reason) {
		return ofLiterals(List.of(ipv4, ipv6), reason);
	}

	/**
	 * The first address of each family.
	 * @param literals IP addresses, at least one
	 * @param reason why they are used, for a log line
	 * @throws DiscoveryException if one of them is no IP address
	 */
	static HostResolution ofLiterals(List<String> literals, String reason) {
		return of(literals.stream().map(HostResolution::parse).toList(), reason);
	}

	private static InetAddress parse(String literal) {
		InetAddress address = IpLiteral.find(literal);
		if (address == null) {
			throw new DiscoveryException(
					"'" + literal + "' is no IP address: expected one such as 10.0.1.17 or fd00::17",
					"Make the HostResolver that returned it return an address, or set discovery.registration.host",
					null);
		}
		return address;
	}

	/**
	 * The first address of each family.
	 * @param addresses the addresses, at least one
	 * @param reason why they are used, for a log line
	 */
	static HostResolution of(List<InetAddress> addresses, String reason) {
		return new Found(first(addresses, Inet4Address.class), first(addresses, Inet6Address.class), reason);
	}

	private static @Nullable String first(List<InetAddress> addresses, Class<? extends InetAddress> family) {
		return addresses.stream().filter(family::isInstance).map(IpLiteral::format).findFirst().orElse(null);
	}

	/**
	 * No address: the next resolver is used.
	 * @param reason why there is none, for a log line
	 */
	static HostResolution none(String reason) {
		return new None(reason);
	}

	/**
	 * One or two addresses.
	 *
	 * @param ipv4 the IPv4 address; null if there is none
	 * @param ipv6 the IPv6 address, without brackets; null if there is none
	 * @param reason why they are used
	 */
	record Found(@Nullable String ipv4, @Nullable String ipv6, String reason) implements HostResolution {

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
	 * @param reason why there is none
	 */
	record None(String reason) implements HostResolution {
	}

}
