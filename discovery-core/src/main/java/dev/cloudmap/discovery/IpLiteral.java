package dev.cloudmap.discovery;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * An IP address as text, which is never looked up.
 */
public final class IpLiteral {

	private static final String BYTE = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";

	private static final Pattern LITERAL = Pattern.compile(BYTE + "(\\." + BYTE + "){3}|\\[?[0-9a-fA-F]*:[^]]*]?");

	private IpLiteral() {
	}

	/**
	 * The address that a text is.
	 * @param text IPv4 as four decimal numbers, or IPv6 with or without brackets
	 * @return the address, of IPv4 where IPv6 maps it; null if the text is none
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
	 * The address in its long form, without the interface that an IPv6 address may be
	 * bound to.
	 */
	public static String format(InetAddress address) {
		String text = address.getHostAddress();
		int scope = text.indexOf('%');
		return (scope < 0) ? text : text.substring(0, scope);
	}

}
