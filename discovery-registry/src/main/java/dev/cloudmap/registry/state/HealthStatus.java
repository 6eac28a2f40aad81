package dev.cloudmap.registry.state;

/**
 * What is known of an instance's health.
 */
public enum HealthStatus {

	HEALTHY, UNHEALTHY,

	/** The service has no health check. */
	UNKNOWN

}
