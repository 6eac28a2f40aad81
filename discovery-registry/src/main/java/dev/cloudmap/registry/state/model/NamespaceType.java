package dev.cloudmap.registry.state.model;

import java.util.Locale;

/**
 * The types of namespaces.
 */
public enum NamespaceType {

	/** Lookups through the API only; names are case-sensitive. */
	HTTP,

	/** Lookups through the API, and through DNS inside one VPC. */
	DNS_PRIVATE,

	/** Lookups through the API and through public DNS. */
	DNS_PUBLIC;

	/**
	 * Returns whether namespaces of this type are DNS zones.
	 * @return whether namespaces of this type are DNS zones
	 */
	public boolean isDns() {
		return this != HTTP;
	}

	/**
	 * Returns the form of a name of a namespace or service in which names are compared:
	 * DNS names are case-insensitive.
	 * @param name a name
	 * @return the name, in lower case if it is a DNS name
	 */
	public String key(String name) {
		return isDns() ? name.toLowerCase(Locale.ROOT) : name;
	}

}
