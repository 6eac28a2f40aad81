package dev.cloudmap.registry.state.model;

import org.jspecify.annotations.Nullable;

/**
 * A Route 53 health check of a service.
 *
 * @param type the protocol
 * @param resourcePath the path of HTTP requests; null for TCP
 * @param failureThreshold the number of consecutive results that change the status
 */
public record HealthCheck(Type type, @Nullable String resourcePath, int failureThreshold) {

	/**
	 * The protocols of health checks.
	 */
	public enum Type {

		HTTP, HTTPS, TCP

	}

}
