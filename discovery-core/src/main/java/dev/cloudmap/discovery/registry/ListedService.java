package dev.cloudmap.discovery.registry;

import org.jspecify.annotations.Nullable;

/**
 * A service as the registry lists it.
 *
 * @param name the name without the namespace
 * @param instances how many instances are registered, healthy or not; null where the
 * registry does not say
 */
public record ListedService(String name, @Nullable Integer instances) {

	/**
	 * Whether the registry says that the service has no instances.
	 */
	public boolean isEmpty() {
		return this.instances != null && this.instances == 0;
	}

}
