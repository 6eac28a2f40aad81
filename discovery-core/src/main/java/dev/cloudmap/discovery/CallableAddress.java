package dev.cloudmap.discovery;

import java.net.InetAddress;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Rejects addresses that an instance cannot have, both at registration and in lookups
 * (IANA IPv4 and IPv6 Special-Purpose Address Registries). Clouds serve the credentials
 * of a machine on link-local addresses.
 */
public final class CallableAddress {

	private static final int IPV4_LENGTH = 4;

	private static final String LINK_LOCAL = "a link-local address, which is valid on one network interface only";

	/** NAT64 (RFC 6052, RFC 8215); the last four bytes are an IPv4 address. */
	private static final byte[] NAT64 = { 0, 0x64, (byte) 0xff, (byte) 0x9b };

	/** 6to4 (RFC 3056); an IPv4 address follows. */
	private static final byte[] SIX_TO_FOUR = { 0x20, 0x02 };

	/** IPv4-mapped (RFC 4291); the last four bytes are an IPv4 address. */
	private static final byte[] MAPPED = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff };

	/** IPv4-compatible (RFC 4291, deprecated). */
	private static final byte[] COMPATIBLE = new byte[12];

	/**
	 * Link-local services of Amazon EC2: instance metadata, pod credentials, time, DNS.
	 */
	private static final byte[] AWS_SERVICES = { (byte) 0xfd, 0, 0x0e, (byte) 0xc2 };

	private CallableAddress() {
	}

	/**
	 * Returns why an instance cannot have an address.
	 * @param address the address
	 * @return a description of the address; null if an instance can have it
	 */
	public static @Nullable String problem(InetAddress address) {
		byte[] bytes = address.getAddress();
		if (address.isAnyLocalAddress()) {
			return "the unspecified address";
		}
		if (address.isMulticastAddress()) {
			return "a multicast address";
		}
		if (address.isLinkLocalAddress()) {
			return LINK_LOCAL;
		}
		return (bytes.length == IPV4_LENGTH) ? problemOfIpv4(bytes) : problemOfIpv6(address, bytes);
	}

	private static @Nullable String problemOfIpv4(byte[] bytes) {
		int first = Byte.toUnsignedInt(bytes[0]);
		if (Arrays.equals(bytes, new byte[] { -1, -1, -1, -1 })) {
			return "the broadcast address";
		}
		if (first == 0) {
			return "an address of 0.0.0.0/8, which means this host";
		}
		if (first == 169 && Byte.toUnsignedInt(bytes[1]) == 254) {
			return LINK_LOCAL;
		}
		return (first >= 224) ? "an address of 224.0.0.0/3, which is multicast or reserved" : null;
	}

	private static @Nullable String problemOfIpv6(InetAddress address, byte[] bytes) {
		if (startsWith(bytes, AWS_SERVICES)) {
			return "an address of fd00:ec2::/32, which Amazon EC2 reserves for its link-local services";
		}
		if (startsWith(bytes, COMPATIBLE) && !address.isLoopbackAddress()) {
			return "an IPv4-compatible IPv6 address, which is deprecated";
		}
		if (startsWith(bytes, MAPPED) || startsWith(bytes, NAT64)) {
			return problemOfEmbedded(Arrays.copyOfRange(bytes, 12, 16));
		}
		return startsWith(bytes, SIX_TO_FOUR) ? problemOfEmbedded(Arrays.copyOfRange(bytes, 2, 6)) : null;
	}

	/**
	 * An embedded loopback address is rejected too: the translator would connect to its
	 * own machine.
	 */
	private static @Nullable String problemOfEmbedded(byte[] ipv4) {
		String problem = (ipv4[0] == 127) ? "a loopback address" : problemOfIpv4(ipv4);
		return (problem != null) ? "an IPv6 address that embeds " + problem : null;
	}

	private static boolean startsWith(byte[] bytes, byte[] prefix) {
		return Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
	}

}
