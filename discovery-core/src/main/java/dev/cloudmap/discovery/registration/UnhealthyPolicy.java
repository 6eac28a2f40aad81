package dev.cloudmap.discovery.registration;

import java.time.Duration;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * What becomes of an instance that is not healthy.
 *
 * @param action what to do at once; never null
 * @param deregisterAfter after which time an unhealthy instance is taken out; zero or
 * more; never null
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
	 * After which time of being unhealthy an instance is taken out.
	 */
	Duration patience() {
		return (this.action == Action.DEREGISTER) ? Duration.ZERO : this.deregisterAfter;
	}

	/**
	 * What to do with an unhealthy instance at once.
	 */
	public enum Action {

		/**
		 * The registry is told that it is unhealthy, and it is taken out only if that
		 * lasts.
		 */
		UNHEALTHY,

		/** It is taken out. */
		DEREGISTER

	}

}
