package dev.cloudmap.registry.api.source;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The hosts under which a registry may be called. A web page can have a name of its own
 * resolve to the registry's address (DNS rebinding) and then calls the registry as if it
 * were the page's own server. A page cannot do so with IP addresses, {@code localhost}
 * and the names below it (RFC 6761, section 6.3), which are always allowed, nor with the
 * names that are configured.
 * <p>
 * Each host is allowed with the prefix {@code data-} as well, which the AWS SDKs put in
 * front of it for DiscoverInstances. Immutable.
 */
public final class AllowedHosts {

	/** No names beside those that are always allowed. */
	public static final AllowedHosts DEFAULT = new AllowedHosts(Set.of());

	private static final String LOCALHOST = "localhost";

	private static final String DATA_PREFIX = "data-";

	private static final int MAX_NAME = 253;

	/** The last label of a name is no number: such text is an address, or nothing. */
	private static final Pattern NAME = Pattern
		.compile("(?:[a-z0-9_-]{1,63}\\.)*(?!\\d+$|0x[0-9a-f]*$)[a-z0-9_-]{1,63}");

	private final Set<String> names;

	private AllowedHosts(Set<String> names) {
		this.names = names;
	}

	/**
	 * Returns names in their canonical form.
	 * @param names host names, such as {@code registry} or {@code registry.corp.example}
	 * @return the names in lower case and without a trailing dot
	 * @throws IllegalArgumentException when one is no host name
	 */
	public static List<String> canonical(Collection<String> names) {
		return names.stream().map(AllowedHosts::canonical).distinct().toList();
	}

	private static String canonical(String text) {
		String name = lowerCaseWithoutDot(text);
		if (!isName(name)) {
			throw new IllegalArgumentException(("'%s' cannot be an allowed host. Expected a host name such as "
					+ "registry or registry.corp.example, without scheme, port or wildcard. IP addresses and localhost "
					+ "are always allowed.")
				.formatted(text));
		}
		return name;
	}

	/**
	 * Returns what allows some names.
	 * @param bind where the registry listens: allowed too when it is a name
	 * @param names further names
	 * @return the allowed hosts
	 * @throws IllegalArgumentException when one of the further names is no host name
	 */
	public static AllowedHosts of(String bind, Collection<String> names) {
		Set<String> allowed = new TreeSet<>(canonical(names));
		String name = lowerCaseWithoutDot(bind);
		if (isName(name)) {
			allowed.add(name);
		}
		return new AllowedHosts(allowed);
	}

	/**
	 * Returns whether a text is a host name.
	 * @param name a text in lower case and without a trailing dot
	 * @return false for IP addresses, and for what is no name at all
	 */
	public static boolean isName(String name) {
		return name.length() <= MAX_NAME && NAME.matcher(name).matches();
	}

	private static String lowerCaseWithoutDot(String text) {
		String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
		return name.toLowerCase(Locale.ROOT);
	}

	boolean contains(Authority authority) {
		String host = authority.host();
		if (authority.isAddress() || isAllowed(host)) {
			return true;
		}
		String called = withoutDataPrefix(host);
		return !called.equals(host) && (isAllowed(called) || Authority.isAddress(called));
	}

	private boolean isAllowed(String name) {
		return name.equals(LOCALHOST) || name.endsWith("." + LOCALHOST) || this.names.contains(name);
	}

	static String withoutDataPrefix(String host) {
		return host.startsWith(DATA_PREFIX) ? host.substring(DATA_PREFIX.length()) : host;
	}

	/**
	 * Returns the hosts as a message lists them.
	 */
	@Override
	public String toString() {
		StringBuilder text = new StringBuilder("IP addresses, ").append(LOCALHOST);
		this.names.forEach((name) -> text.append(", ").append(name));
		return text.toString();
	}

}
