package dev.cloudmap.discovery.registration.reconcile;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.ServiceName;

/**
 * Something else that registers this application, such as Amazon ECS for the task that it
 * runs in. The library uses its instance and registers none of its own.
 */
public interface ExternalRegistrar {

	/**
	 * Looks for the instance.
	 * @return its id; null if there is none
	 * @throws dev.cloudmap.discovery.DiscoveryException if the lookup failed
	 */
	@Nullable String instanceId(ServiceName service);

	/**
	 * The name of the registrar for messages.
	 */
	String name();

}
