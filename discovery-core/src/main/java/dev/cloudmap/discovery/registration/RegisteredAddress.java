package dev.cloudmap.discovery.registration;

import java.net.InetAddress;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.IpLiteral;

/**
 * Reads addresses that are to be registered.
 */
final class RegisteredAddress {

	private RegisteredAddress() {
	}

	/**
	 * The address that a text is, which is never looked up.
	 * @param text an IP address, IPv6 with or without brackets
	 * @throws DiscoveryException if it is no IP address
	 */
	static InetAddress parse(String text) {
		InetAddress address = IpLiteral.find(text);
		if (address == null) {
			throw new DiscoveryException("'" + text + "' is no IP address: expected one such as 10.0.1.17 or fd00::17",
					"Let the HostResolver that gave it answer with an address, or set discovery.registration.host",
					null);
		}
		return address;
	}

}
