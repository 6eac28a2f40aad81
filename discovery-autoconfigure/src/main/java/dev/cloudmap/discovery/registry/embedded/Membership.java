package dev.cloudmap.discovery.registry.embedded;

import java.net.InetSocketAddress;
import java.net.URI;

/**
 * What this application is to the embedded registry of this machine.
 *
 * @param role whether the registry runs in this application; never null
 * @param endpoint where the registry's API is; never null
 * @param dns where the registry answers DNS; never null
 */
public record Membership(Role role, URI endpoint, InetSocketAddress dns) {

	/**
	 * Where the registry runs.
	 */
	public enum Role {

		/** In this application. */
		HOST,

		/** In another application on this machine, or alone. */
		MEMBER

	}

}
