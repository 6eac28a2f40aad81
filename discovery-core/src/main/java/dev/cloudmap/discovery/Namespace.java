package dev.cloudmap.discovery;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A namespace: the name under which services are grouped, and, where the namespace is
 * published in DNS, the zone that holds their names.
 *
 * @param name the name, 1 to 1024 visible ASCII characters that don't begin with
 * {@code arn:} (Cloud Map API reference, {@code NamespaceName}); never null
 */
public record Namespace(String name) {

	private static final Pattern NAME = Pattern.compile("^(?!arn:)[!-~]{1,1024}$");

	/**
	 * Validates the name.
	 * @throws InvalidNameException if it is not a namespace's name
	 */
	public Namespace {
		if (!NAME.matcher(name).matches()) {
			throw new InvalidNameException("namespace name", name,
					"1 to 1024 visible ASCII characters without blanks, not beginning with 'arn:', such as 'corp' or 'corp.local'",
					"discovery.namespace");
		}
	}

	/**
	 * Whether the given service id ends with this namespace, as in {@code worker.corp}.
	 */
	boolean isSuffixOf(String serviceId) {
		int start = serviceId.length() - this.name.length() - 1;
		return start > 0 && serviceId.toLowerCase(Locale.ROOT).endsWith("." + this.name.toLowerCase(Locale.ROOT));
	}

	@Override
	public String toString() {
		return this.name;
	}

}
