package dev.cloudmap.discovery.registry;

import org.jspecify.annotations.Nullable;

/**
 * A service in the registry's list of services.
 *
 * @param name the name without the namespace
 * @param instances the number of registered instances, healthy or not; null if the
 * registry does not report it
 */
public record ListedService(String name, @Nullable Integer instances) {

	/**
	 * Whether the registry reports that the service has no instances.
	 */
	public boolean isEmpty() {
		return this.instances != null && this.instances == 0;
	}

}
