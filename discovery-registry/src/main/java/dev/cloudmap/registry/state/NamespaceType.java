package dev.cloudmap.registry.state;

import java.util.Locale;

/**
 * How the services of a namespace are found.
 */
public enum NamespaceType {

	/** Through the API only; names are case-sensitive. */
	HTTP,

	/** Through the API and through DNS, inside one VPC. */
	DNS_PRIVATE,

	/** Through the API and through public DNS. */
	DNS_PUBLIC;

	/**
	 * Returns whether namespaces of this type are DNS zones.
	 * @return whether namespaces of this type are DNS zones
	 */
	public boolean isDns() {
		return this != HTTP;
	}

	/**
	 * Returns the form of a namespace's or service's name by which it is unique: DNS does
	 * not tell upper case from lower case.
	 * @param name a name as it was given
	 * @return the name to compare by
	 */
	public String key(String name) {
		return isDns() ? name.toLowerCase(Locale.ROOT) : name;
	}

}
