package dev.cloudmap.registry.state;

import org.jspecify.annotations.Nullable;

/**
 * A check of an instance's health over the network.
 *
 * @param type what is spoken to the instance
 * @param resourcePath the path that is asked for; none for TCP
 * @param failureThreshold how many checks in a row change the status
 */
public record HealthCheck(Type type, @Nullable String resourcePath, int failureThreshold) {

	/**
	 * What a health check speaks.
	 */
	public enum Type {

		HTTP, HTTPS, TCP

	}

}
