package dev.cloudmap.discovery.registration;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.ServiceName;

/**
 * Knows of an instance that somebody else has registered for this very application, such
 * as Amazon ECS for the task that it runs in.
 */
public interface Incumbent {

	/**
	 * The instance that is there.
	 * @param service the service; not null
	 * @return its id; null if there is none
	 * @throws dev.cloudmap.discovery.DiscoveryException if the registry could not be
	 * asked
	 */
	@Nullable String instanceId(ServiceName service);

	/**
	 * Who registers it, for people.
	 */
	String name();

}
