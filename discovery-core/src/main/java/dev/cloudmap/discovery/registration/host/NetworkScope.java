package dev.cloudmap.discovery.registration.host;

/**
 * From where the instances of a registry are called.
 */
public enum NetworkScope {

	/**
	 * From this machine only: a loopback address can be registered.
	 */
	THIS_MACHINE,

	/**
	 * From other machines, which can't reach a loopback address.
	 */
	NETWORK

}
