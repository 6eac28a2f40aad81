package dev.cloudmap.registry;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

import io.netty.util.NetUtil;

/**
 * Parses the address of a DNS server.
 */
final class UpstreamAddress {

	static final int DEFAULT_PORT = 53;

	private static final int MAX_PORT = 65_535;

	private static final int MAX_PORT_DIGITS = 5;

	private UpstreamAddress() {
	}

	/**
	 * Parses an address with an optional port.
	 * @param text such as {@code 10.0.0.2}, {@code 10.0.0.2:5353}, {@code fd00::2} or
	 * {@code [fd00::2]:5353}
	 * @return the address with the port, 53 by default
	 * @throws IllegalArgumentException if the text has another format, such as a host
	 * name
	 */
	static InetSocketAddress parse(String text) {
		if (isIpV6(text)) {
			return new InetSocketAddress(address(text, text), DEFAULT_PORT);
		}
		int colon = text.lastIndexOf(':');
		boolean hasPort = colon > text.lastIndexOf(']');
		String host = hasPort ? text.substring(0, colon) : text;
		if (host.startsWith("[") && host.endsWith("]")) {
			host = host.substring(1, host.length() - 1);
			if (!isIpV6(host)) {
				throw wrong(text);
			}
		}
		else if (!NetUtil.isValidIpV4Address(host)) {
			throw wrong(text);
		}
		return new InetSocketAddress(address(host, text),
				hasPort ? port(text.substring(colon + 1), text) : DEFAULT_PORT);
	}

	/**
	 * Excludes brackets, which Netty accepts.
	 */
	private static boolean isIpV6(String text) {
		return NetUtil.isValidIpV6Address(text) && !text.startsWith("[");
	}

	private static InetAddress address(String literal, String text) {
		try {
			return InetAddress.getByName(literal);
		}
		catch (UnknownHostException ex) {
			// The zone of a link-local address is not an interface of this machine.
			throw wrong(text);
		}
	}

	private static int port(String digits, String text) {
		boolean number = !digits.isEmpty() && digits.length() <= MAX_PORT_DIGITS
				&& digits.chars().allMatch((digit) -> digit >= '0' && digit <= '9');
		int port = number ? Integer.parseInt(digits) : 0;
		if (port < 1 || port > MAX_PORT) {
			throw wrong(text);
		}
		return port;
	}

	private static IllegalArgumentException wrong(String text) {
		return new IllegalArgumentException(("'%s' is not the address of a DNS server. Write 10.0.0.2, 10.0.0.2:53, "
				+ "fd00::2 or [fd00::2]:53. Host names are not supported.")
			.formatted(text));
	}

}
