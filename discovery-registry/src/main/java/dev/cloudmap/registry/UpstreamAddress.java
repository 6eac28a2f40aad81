package dev.cloudmap.registry;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.util.NetUtil;

/**
 * Parses the address of a DNS server.
 */
final class UpstreamAddress {

	static final int DEFAULT_PORT = 53;

	private static final int MAX_PORT = 65_535;

	/** An IPv4 or a bracketed IPv6 address, and a port. */
	private static final Pattern WITH_PORT = Pattern.compile("([\\d.]+|\\[[^]\\[]+])(?::(\\d{1,5}))?");

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
		Matcher withPort = WITH_PORT.matcher(text);
		boolean matches = withPort.matches();
		String host = matches ? withPort.group(1) : text;
		boolean bracketed = matches && host.startsWith("[");
		String address = bracketed ? host.substring(1, host.length() - 1) : host;
		int port = (matches && withPort.group(2) != null) ? Integer.parseInt(withPort.group(2)) : DEFAULT_PORT;
		// Netty accepts brackets.
		boolean valid = (matches && !bracketed) ? NetUtil.isValidIpV4Address(address)
				: NetUtil.isValidIpV6Address(address) && !address.startsWith("[");
		if (!valid || port < 1 || port > MAX_PORT) {
			throw wrong(text);
		}
		try {
			return new InetSocketAddress(InetAddress.getByName(address), port);
		}
		catch (UnknownHostException ex) {
			// The zone of a link-local address is not an interface of this machine.
			throw wrong(text);
		}
	}

	private static IllegalArgumentException wrong(String text) {
		return new IllegalArgumentException(("'%s' is not the address of a DNS server. Write 10.0.0.2, 10.0.0.2:53, "
				+ "fd00::2 or [fd00::2]:53. Host names are not supported.")
			.formatted(text));
	}

}
