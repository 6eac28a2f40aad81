package dev.cloudmap.discovery.registry.embedded;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Set;

import dev.cloudmap.discovery.registry.RegistryInfo.Capability;

/**
 * The relation of this application to the embedded registry of this machine.
 *
 * @param role the role of this application
 * @param endpoint the endpoint of the registry's API
 * @param dns the address of the registry's DNS server
 * @param capabilities the registry's capabilities beyond Cloud Map's API
 */
public record Membership(Role role, URI endpoint, InetSocketAddress dns, Set<Capability> capabilities) {

	/**
	 * Roles of an application.
	 */
	public enum Role {

		/** The registry runs in this application. */
		HOST,

		/** The registry runs in another application of this machine, or stand-alone. */
		MEMBER

	}

}
