package dev.cloudmap.discovery.registration;

/**
 * From where an instance is called.
 */
public enum Reach {

	/**
	 * From this machine alone, as far as its registry goes: loopback will do.
	 */
	THIS_MACHINE,

	/**
	 * From other machines: nobody there reaches a loopback address.
	 */
	NETWORK

}
