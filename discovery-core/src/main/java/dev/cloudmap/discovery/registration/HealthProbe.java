package dev.cloudmap.discovery.registration;

/**
 * Finds out how this application is. May block; is asked by one thread at a time, never a
 * request's.
 */
@FunctionalInterface
public interface HealthProbe {

	/**
	 * How the application is now.
	 * @return how it is, and why it is not healthy; never null
	 */
	Standing check();

}
