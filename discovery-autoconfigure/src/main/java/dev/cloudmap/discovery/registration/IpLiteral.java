package dev.cloudmap.discovery.registration;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * An IP address as text, which is never looked up.
 */
final class IpLiteral {

	private static final String BYTE = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";

	private static final Pattern LITERAL = Pattern.compile(BYTE + "(\\." + BYTE + "){3}|\\[?[0-9a-fA-F]*:[^]]*]?");

	private IpLiteral() {
	}

	static InetAddress parse(String text) {
		if (LITERAL.matcher(text).matches()) {
			try {
				return InetAddress.getByName(text);
			}
			catch (UnknownHostException ex) {
				throw noAddress(text, ex);
			}
		}
		throw noAddress(text, null);
	}

	private static DiscoveryException noAddress(String text, @Nullable Throwable cause) {
		return new DiscoveryException("'" + text + "' is no IP address: expected one such as 10.0.1.17 or fd00::17",
				"Let the HostResolver that gave it answer with an address, or set discovery.registration.host", cause);
	}

	/**
	 * The address in its long form, without the interface that an IPv6 address may be
	 * bound to.
	 */
	static String format(InetAddress address) {
		String text = address.getHostAddress();
		int scope = text.indexOf('%');
		return (scope < 0) ? text : text.substring(0, scope);
	}

}
