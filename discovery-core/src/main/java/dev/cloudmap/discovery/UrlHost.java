package dev.cloudmap.discovery;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Names of services as hosts of URLs. {@link URI} accepts fewer hosts than a registry
 * accepts names: no underscore, and no last label that begins with a digit behind a dot.
 * A service with another name is called by an alias.
 */
public final class UrlHost {

	private UrlHost() {
	}

	/**
	 * Whether a URL can have this host.
	 * @param name the name
	 */
	public static boolean isValid(String name) {
		try {
			return name.equals(new URI("http://" + name + "/").getHost());
		}
		catch (URISyntaxException ex) {
			return false;
		}
	}

	/**
	 * What callers of a service do whose name no URL can have as its host.
	 * @param name the name
	 * @return the sentence
	 */
	public static String alias(String name) {
		String alias = similar(name);
		return "Set discovery.aliases" + (alias.contains(".") ? "[" + alias + "]" : "." + alias) + "=" + name
				+ " and call http://" + alias + "/";
	}

	/**
	 * The exception for a call to a URL in which {@link URI} finds no host.
	 * @param url the URL
	 * @return the exception, which says what to write instead
	 */
	public static DiscoveryException missing(URI url) {
		String name = name(url);
		return (name != null) ? missing("No host in " + url, name)
				: new DiscoveryException("No host in " + url + ": expected a service's name, as in http://worker/");
	}

	/**
	 * The exception for a route of a gateway to {@code lb://}, in whose URI {@link URI}
	 * finds no host.
	 * @param route the URI of a route
	 * @return the exception; null if the route has a host or is not load-balanced
	 */
	public static @Nullable DiscoveryException missingInRoute(URI route) {
		if (!"lb".equalsIgnoreCase(route.getScheme())) {
			return null;
		}
		// lb:ws://worker has a URL behind its scheme
		URI url = route.isOpaque() ? URI.create(route.getSchemeSpecificPart()) : route;
		return (url.getHost() == null) ? missing(url) : null;
	}

	/**
	 * The exception for a name that is no host.
	 * @param name the name of a service
	 * @return the exception, which says what to write instead
	 */
	public static DiscoveryException missing(String name) {
		return missing("No host in http://" + name + "/", name);
	}

	private static DiscoveryException missing(String problem, String name) {
		return ServiceName.isValid(name)
				? new DiscoveryException(problem + ": java.net.URI does not accept '" + name + "' as a host",
						alias(name), null)
				: new DiscoveryException(problem + ": '" + name + "' is no service's name",
						"Write letters, digits, '-' and '_' in labels separated by dots, as in http://worker/", null);
	}

	/** The authority without user and port. */
	private static @Nullable String name(URI url) {
		String authority = url.getAuthority();
		if (authority == null) {
			return null;
		}
		String name = authority.substring(authority.lastIndexOf('@') + 1).replaceFirst(":\\d*$", "");
		return name.isEmpty() ? null : name;
	}

	private static String similar(String name) {
		String similar = Arrays.stream(name.toLowerCase(Locale.ROOT).replace('_', '-').split("\\."))
			.map((label) -> label.replaceAll("^-+|-+$", ""))
			.filter((label) -> !label.isEmpty())
			.collect(Collectors.joining("."));
		if (!isValid(similar)) {
			similar = similar.replace('.', '-');
		}
		return isValid(similar) ? similar : "worker";
	}

}
