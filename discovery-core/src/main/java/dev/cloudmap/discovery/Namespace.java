package dev.cloudmap.discovery;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A namespace: a group of services, and the DNS zone of their names if the namespace is
 * published in DNS.
 *
 * @param name the name, 1 to 1024 visible ASCII characters that don't begin with
 * {@code arn:} (Cloud Map API reference, {@code NamespaceName})
 */
public record Namespace(String name) {

	private static final Pattern NAME = Pattern.compile("^(?!arn:)[!-~]{1,1024}$");

	/**
	 * Validates the name.
	 * @throws InvalidNameException if the name is invalid
	 */
	public Namespace {
		if (!NAME.matcher(name).matches()) {
			throw new InvalidNameException("namespace name", name,
					"1 to 1024 visible ASCII characters without blanks, not beginning with 'arn:', such as 'corp' or 'corp.local'",
					"discovery.namespace");
		}
	}

	/**
	 * Whether a service id ends with this namespace, as in {@code worker.corp}.
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
