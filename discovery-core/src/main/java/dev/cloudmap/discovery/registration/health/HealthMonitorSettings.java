package dev.cloudmap.discovery.registration.health;

import java.time.Duration;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.thread.Durations;

/**
 * Settings of the health checks.
 *
 * @param interval the time between two checks, and the time limit of one
 * @param failureThreshold after how many failed checks in a row the application is
 * unhealthy; 1 or more
 * @param successThreshold after how many successful checks in a row it is healthy again;
 * 1 or more
 * @param slowCheck the result of a check that takes longer than the interval
 */
public record HealthMonitorSettings(Duration interval, int failureThreshold, int successThreshold,
		SlowCheck slowCheck) {

	/** After which time a check is repeated that found a change. */
	private static final Duration CONFIRMATION = Duration.ofSeconds(1);

	/**
	 * Validates the settings.
	 * @throws DiscoveryException if one is too small
	 */
	public HealthMonitorSettings {
		Durations.requireLongEnough("discovery.registration.health.interval", interval);
		requireOne("discovery.registration.health.failure-threshold", failureThreshold);
		requireOne("discovery.registration.health.success-threshold", successThreshold);
	}

	private static void requireOne(String property, int threshold) {
		if (threshold < 1) {
			throw new DiscoveryException(property + " is " + threshold + ": expected 1 or more", "Correct " + property,
					null);
		}
	}

	/**
	 * After which time to repeat a check that found a change.
	 */
	Duration confirmation() {
		return Durations.shorter(CONFIRMATION, this.interval);
	}

	/**
	 * After how many checks in a row a change is accepted.
	 */
	int threshold(ReportedHealth found) {
		return found.isHealthy() ? this.successThreshold : this.failureThreshold;
	}

	/**
	 * The result of a health check that takes longer than the interval.
	 */
	public enum SlowCheck {

		/** It has failed. */
		FAILS,

		/**
		 * None until it ends: the last known health stays, and an application without one
		 * is healthy.
		 */
		KEEPS_LAST_HEALTH

	}

}
