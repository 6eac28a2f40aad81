package dev.cloudmap.discovery.registry;

import java.net.URI;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Identifies hosts that are always this machine, without resolving a name: IPv4 addresses
 * in 127.0.0.0/8 (RFC 1122), {@code ::1} (RFC 4291) and {@code localhost} with its
 * subdomains (RFC 6761).
 */
public final class LoopbackHost {

	private static final Pattern PATTERN = Pattern.compile(
			"(.+\\.)?localhost\\.?|127(\\.\\d{1,3}){1,3}|\\[?(::1|(0{1,4}:){7}0{0,3}1|::ffff:127(\\.\\d{1,3}){3})(%\\w+)?]?",
			Pattern.CASE_INSENSITIVE);

	private LoopbackHost() {
	}

	/**
	 * Whether a host is this machine.
	 * @param host a host name or an IP address, IPv6 with or without brackets; null for
	 * none
	 */
	public static boolean matches(@Nullable String host) {
		return host != null && PATTERN.matcher(host).matches();
	}

	/**
	 * Whether a URI's host is this machine.
	 * @param uri the URI; null for none
	 */
	public static boolean isHostOf(@Nullable URI uri) {
		return uri != null && matches(uri.getHost());
	}

}
