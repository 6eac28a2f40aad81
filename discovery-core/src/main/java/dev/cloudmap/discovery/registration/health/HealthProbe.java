package dev.cloudmap.discovery.registration.health;

/**
 * Checks the health of this application. May block; is called by one thread of the
 * library at a time.
 */
@FunctionalInterface
public interface HealthProbe {

	/**
	 * Checks the health.
	 * @return the health, with a reason if the application is not healthy
	 */
	ReportedHealth check();

}
