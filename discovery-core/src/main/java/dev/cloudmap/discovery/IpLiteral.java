package dev.cloudmap.discovery;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Parses and formats IP addresses without any DNS lookup.
 */
public final class IpLiteral {

	private static final String BYTE = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";

	private static final Pattern LITERAL = Pattern.compile(BYTE + "(\\." + BYTE + "){3}|\\[?[0-9a-fA-F]*:[^]]*]?");

	private IpLiteral() {
	}

	/**
	 * Parses an IP address.
	 * @param text IPv4 as four decimal numbers, or IPv6 with or without brackets
	 * @return the address, as IPv4 if it is IPv4-mapped; null if the text is not an IP
	 * address
	 */
	public static @Nullable InetAddress find(String text) {
		if (!LITERAL.matcher(text).matches()) {
			return null;
		}
		try {
			return InetAddress.getByName(text);
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

	/**
	 * Formats an address without the scope id of IPv6.
	 */
	public static String format(InetAddress address) {
		String text = address.getHostAddress();
		int scope = text.indexOf('%');
		return (scope < 0) ? text : text.substring(0, scope);
	}

}
