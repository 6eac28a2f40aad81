package dev.cloudmap.registry.api.source;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * The host and port in a header Host, a request target or an origin (RFC 3986, section
 * 3.2), without user information.
 *
 * @param host a name in lower case without its trailing dot, an IPv4 address, or an IPv6
 * address in brackets, which may have the prefix {@code data-}
 * @param port the port; 80 by default
 */
record Authority(String host, int port) {

	private static final int DEFAULT_PORT = 80;

	private static final int MAX_PORT = 65_535;

	private static final Pattern AUTHORITY = Pattern.compile(
			"(?<host>(?:[Dd][Aa][Tt][Aa]-)?\\[[0-9A-Za-z:.%_~-]+]|[0-9A-Za-z_-]+(?:\\.[0-9A-Za-z_-]+)*\\.?)(?::(?<port>\\d{0,5}))?");

	/** Some clients parse a number with a leading zero as octal. */
	private static final Pattern LEADING_ZERO = Pattern.compile("(?:^|\\.)0\\d");

	/**
	 * Parses an authority.
	 * @param text the text
	 * @return the authority, or null if the text is malformed
	 */
	static @Nullable Authority parse(String text) {
		Matcher matcher = AUTHORITY.matcher(text);
		if (!matcher.matches()) {
			return null;
		}
		String digits = matcher.group("port");
		int port = (digits == null || digits.isEmpty()) ? DEFAULT_PORT : Integer.parseInt(digits);
		String host = matcher.group("host").toLowerCase(Locale.ROOT);
		if (port > MAX_PORT || (host.endsWith("]") && !isIpv6(AllowedHosts.withoutDataPrefix(host)))) {
			return null;
		}
		// A host with a trailing dot is a name, not an address.
		boolean dropsDot = host.endsWith(".") && !isIpv4(host.substring(0, host.length() - 1));
		return new Authority(dropsDot ? host.substring(0, host.length() - 1) : host, port);
	}

	/**
	 * Returns whether the host is an IP address. Abbreviated forms such as {@code 127.1}
	 * are names.
	 */
	boolean isAddress() {
		return isAddress(this.host);
	}

	static boolean isAddress(String host) {
		return isIpv4(host) || isIpv6(host);
	}

	private static boolean isIpv4(String host) {
		return NetUtil.isValidIpV4Address(host) && !LEADING_ZERO.matcher(host).find();
	}

	private static boolean isIpv6(String host) {
		return host.startsWith("[") && host.endsWith("]")
				&& NetUtil.isValidIpV6Address(host.substring(1, host.length() - 1));
	}

}
