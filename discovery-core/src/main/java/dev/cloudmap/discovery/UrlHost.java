package dev.cloudmap.discovery;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Checks whether service names are valid hosts of URLs. A registry accepts names that
 * {@link URI} rejects: those with an underscore and those whose last label begins with a
 * digit. Such a service is called by an alias.
 */
public final class UrlHost {

	private UrlHost() {
	}

	/**
	 * Whether {@link URI} accepts a name as its host.
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
	 * Describes how to call a service whose name is not a valid host of a URL.
	 * @param name the name of the service
	 * @return a sentence that proposes an alias
	 */
	public static String alias(String name) {
		String alias = validAlias(name);
		return "Set discovery.aliases" + (alias.contains(".") ? "[" + alias + "]" : "." + alias) + "=" + name
				+ " and call http://" + alias + "/";
	}

	/**
	 * The exception for a call to a URL in which {@link URI} finds no host.
	 * @param url the URL
	 * @return the exception with a recommended action
	 */
	public static DiscoveryException missing(URI url) {
		String name = name(url);
		return (name != null) ? missing("No host in " + url, name)
				: new DiscoveryException("No host in " + url + ": expected a service's name, as in http://worker/");
	}

	/**
	 * The exception for a gateway route to {@code lb://} in which {@link URI} finds no
	 * host.
	 * @param route the URI of a route
	 * @return the exception; null if the route has a host or is not load-balanced
	 */
	public static @Nullable DiscoveryException missingInRoute(URI route) {
		if (!"lb".equalsIgnoreCase(route.getScheme())) {
			return null;
		}
		// lb:ws://worker contains a URL after its scheme
		URI url = route.isOpaque() ? URI.create(route.getSchemeSpecificPart()) : route;
		return (url.getHost() == null) ? missing(url) : null;
	}

	/**
	 * The exception for a service name that is not a valid host.
	 * @param name the name of a service
	 * @return the exception with a recommended action
	 */
	public static DiscoveryException missing(String name) {
		return missing("No host in http://" + name + "/", name);
	}

	private static DiscoveryException missing(String problem, String name) {
		return ServiceName.isValid(name)
				? new DiscoveryException(problem + ": java.net.URI does not accept '" + name + "' as a host",
						alias(name), null)
				: new DiscoveryException(problem + ": '" + name + "' is not a valid service name",
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

	private static String validAlias(String name) {
		String validAlias = Arrays.stream(name.toLowerCase(Locale.ROOT).replace('_', '-').split("\\."))
			.map((label) -> label.replaceAll("^-+|-+$", ""))
			.filter((label) -> !label.isEmpty())
			.collect(Collectors.joining("."));
		if (!isValid(validAlias)) {
			validAlias = validAlias.replace('.', '-');
		}
		return isValid(validAlias) ? validAlias : "worker";
	}

}
