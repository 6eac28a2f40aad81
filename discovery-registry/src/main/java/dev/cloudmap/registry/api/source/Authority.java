package dev.cloudmap.registry.api.source;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * A host and a port as the header Host, a request's target and an origin name them (RFC
 * 3986, section 3.2). User information is none of it.
 *
 * @param host a name in lower case without its trailing dot, an IPv4 address, or an IPv6
 * address in brackets, which may have the prefix {@code data-}
 * @param port the port; 80 where none is given
 */
record Authority(String host, int port) {

	private static final int DEFAULT_PORT = 80;

	private static final int MAX_PORT = 65_535;

	private static final Pattern AUTHORITY = Pattern.compile(
			"(?<host>(?:[Dd][Aa][Tt][Aa]-)?\\[[0-9A-Za-z:.%_~-]+]|[0-9A-Za-z_-]+(?:\\.[0-9A-Za-z_-]+)*\\.?)(?::(?<port>\\d{0,5}))?");

	/** Some read a number with a leading zero as octal. */
	private static final Pattern LEADING_ZERO = Pattern.compile("(?:^|\\.)0\\d");

	/**
	 * Reads an authority.
	 * @param text the text
	 * @return the authority, or null when it is malformed
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
		// An address has no trailing dot: with one it is a name.
		boolean dropsDot = host.endsWith(".") && !isIpv4(host.substring(0, host.length() - 1));
		return new Authority(dropsDot ? host.substring(0, host.length() - 1) : host, port);
	}

	/**
	 * Returns whether the host is an IP address, for which a client asks no DNS. Forms
	 * that only some clients take for an address, such as {@code 127.1}, are names here.
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
