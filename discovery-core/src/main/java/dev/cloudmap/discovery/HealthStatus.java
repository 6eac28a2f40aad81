package dev.cloudmap.discovery;

/**
 * What a registry knows of an instance's health.
 */
public enum HealthStatus {

	/**
	 * The instance should receive requests.
	 */
	HEALTHY,

	/**
	 * The instance should receive none, unless no other is left.
	 */
	UNHEALTHY,

	/**
	 * The service has no health check, or the source can't tell, as with DNS.
	 */
	UNKNOWN

}
