package dev.cloudmap.registry.state.model;

/**
 * The health of an instance.
 */
public enum HealthStatus {

	HEALTHY, UNHEALTHY,

	/** The service has no health check. */
	UNKNOWN

}
