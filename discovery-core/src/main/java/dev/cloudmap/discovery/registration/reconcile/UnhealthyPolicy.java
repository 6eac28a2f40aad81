package dev.cloudmap.discovery.registration.reconcile;

import java.time.Duration;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * What becomes of an unhealthy instance. The last instance of a service is never
 * deregistered for being unhealthy.
 *
 * @param action what to do at once
 * @param deregisterAfter after which time an unhealthy instance is deregistered; zero or
 * more
 */
public record UnhealthyPolicy(Action action, Duration deregisterAfter) {

	/**
	 * Validates the time.
	 * @throws DiscoveryException if it is negative
	 */
	public UnhealthyPolicy {
		if (deregisterAfter.isNegative()) {
			throw new DiscoveryException("discovery.registration.health.deregister-after is "
					+ deregisterAfter.toSeconds() + "s: expected 0s or more",
					"Correct discovery.registration.health.deregister-after", null);
		}
	}

	/**
	 * After which time of being unhealthy an instance is deregistered.
	 */
	Duration deregistrationDelay() {
		return (this.action == Action.DEREGISTER) ? Duration.ZERO : this.deregisterAfter;
	}

	/**
	 * What to do with an unhealthy instance at once.
	 */
	public enum Action {

		/**
		 * Report it as unhealthy, and deregister it only if that lasts.
		 */
		UNHEALTHY,

		/** Deregister it. */
		DEREGISTER

	}

}
