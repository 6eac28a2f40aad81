package dev.cloudmap.discovery.registry;

import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What to tell about a registry in a log line or a health detail.
 *
 * @param type the kind of registry, as {@code discovery.registry} names it; never null
 * @param location where it is: a URL or a region; never null
 * @param role what this application is to it, such as {@code host} or {@code member};
 * null where there is but one role
 * @param capabilities what it can do beyond Cloud Map's API; never null
 */
public record RegistryInfo(String type, String location, @Nullable String role, Set<Capability> capabilities) {

	/**
	 * What a registry may do beyond Cloud Map's API.
	 */
	public enum Capability {

		/**
		 * Instances that carry a lease and don't renew it are removed.
		 */
		LEASES,

		/**
		 * It tells what changes, which is known before it has answered.
		 */
		WATCH;

		/**
		 * Its name in a registry's identity ({@code docs/registry.md}).
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
	 * The same, of a registry that has turned out to be capable of more.
	 * @param capabilities all that it can do; not null
	 */
	public RegistryInfo with(Set<Capability> capabilities) {
		return new RegistryInfo(this.type, this.location, this.role, capabilities);
	}

	@Override
	public String toString() {
		return this.type + " at " + this.location + ((this.role != null) ? " (" + this.role + ")" : "");
	}

}
