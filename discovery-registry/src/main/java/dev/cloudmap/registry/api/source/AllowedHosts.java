package dev.cloudmap.registry.api.source;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The hosts that requests can name. The owner of a web page can make a host name resolve
 * to the address of the registry (DNS rebinding), so that the page can call the registry.
 * That is impossible with IP addresses, {@code localhost} and the names below it (RFC
 * 6761, section 6.3), which are always allowed, and with the configured names.
 * <p>
 * Each host is also allowed with the prefix {@code data-}, which AWS SDKs add for
 * DiscoverInstances. Immutable.
 */
public final class AllowedHosts {

	/** The hosts that are always allowed. */
	public static final AllowedHosts DEFAULT = new AllowedHosts(Set.of());

	private static final String LOCALHOST = "localhost";

	private static final String DATA_PREFIX = "data-";

	private static final int MAX_NAME = 253;

	/** The last label of a name is not a number. */
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
	 * @throws IllegalArgumentException if one is not a host name
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
	 * Creates the allowed hosts.
	 * @param bind the bind address of the registry, which is allowed if it is a name
	 * @param names further names
	 * @return the allowed hosts
	 * @throws IllegalArgumentException if one of the further names is not a host name
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
	 * @return whether the text is a host name; false for IP addresses
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

	@Override
	public String toString() {
		return Stream.concat(Stream.of("IP addresses", LOCALHOST), this.names.stream())
			.collect(Collectors.joining(", "));
	}

}
