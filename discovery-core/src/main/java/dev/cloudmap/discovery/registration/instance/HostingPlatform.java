package dev.cloudmap.discovery.registration.instance;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * The platform that runs this application, such as Amazon ECS.
 */
public interface HostingPlatform {

	/**
	 * The id of the task that this application runs in; null if it runs in none.
	 */
	@Nullable String taskId();

	/**
	 * The port at which other machines reach a port of this application.
	 * @throws DiscoveryException if there is none
	 */
	int publishedPort(int port);

	/**
	 * Reads everything again next time: the application may run elsewhere by then.
	 */
	void forget();

}
