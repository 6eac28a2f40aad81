package dev.cloudmap.discovery.registry;

import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Information on a registry for log lines and health details.
 *
 * @param type the type of registry, a value of {@code discovery.registry}
 * @param location a URL or a region
 * @param role the role of this application, {@code host} or {@code member}; null if there
 * are no roles
 * @param capabilities the capabilities beyond Cloud Map's API
 */
public record RegistryInfo(String type, String location, @Nullable String role, Set<Capability> capabilities) {

	/**
	 * Capabilities of a registry beyond Cloud Map's API.
	 */
	public enum Capability {

		/**
		 * Instances that do not renew their lease are removed.
		 */
		LEASES,

		/**
		 * Change notifications.
		 */
		WATCH;

		/**
		 * Returns the name in a registry's identity ({@code docs/registry.md}).
		 */
		public String wireName() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Whether the registry has the given capability.
	 */
	public boolean can(Capability capability) {
		return this.capabilities.contains(capability);
	}

	/**
	 * Returns this information with other capabilities.
	 * @param capabilities all capabilities
	 */
	public RegistryInfo with(Set<Capability> capabilities) {
		return new RegistryInfo(this.type, this.location, this.role, capabilities);
	}

	@Override
	public String toString() {
		return this.type + " at " + this.location + ((this.role != null) ? " (" + this.role + ")" : "");
	}

}
