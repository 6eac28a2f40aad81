package dev.cloudmap.discovery;

/**
 * The health of an instance, as the registry reports it.
 */
public enum HealthStatus {

	/**
	 * The instance should receive requests.
	 */
	HEALTHY,

	/**
	 * The instance receives no requests unless the service has no healthy instance.
	 */
	UNHEALTHY,

	/**
	 * The service has no health check, or the source does not report health, such as DNS.
	 */
	UNKNOWN

}
