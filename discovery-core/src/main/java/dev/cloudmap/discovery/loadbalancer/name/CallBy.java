package dev.cloudmap.discovery.loadbalancer.name;

/**
 * The host in the URL of a call to an instance.
 */
public enum CallBy {

	/** The address. */
	ADDRESS,

	/** A name, which a TLS certificate contains. */
	NAME

}
