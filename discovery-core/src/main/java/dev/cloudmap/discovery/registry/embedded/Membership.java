package dev.cloudmap.discovery.registry.embedded;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Set;

import dev.cloudmap.discovery.registry.RegistryInfo.Capability;

/**
 * What this application is to the embedded registry of this machine.
 *
 * @param role whether the registry runs in this application; never null
 * @param endpoint where the registry's API is; never null
 * @param dns where the registry answers DNS; never null
 * @param capabilities what the registry can do beyond Cloud Map's API; never null
 */
public record Membership(Role role, URI endpoint, InetSocketAddress dns, Set<Capability> capabilities) {

	public Membership {
		capabilities = Set.copyOf(capabilities);
	}

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
