package dev.cloudmap.discovery.registration;

import java.time.Duration;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.thread.Durations;

/**
 * How this application's health is checked.
 *
 * @param interval the time between two checks, and how long one may take; never null
 * @param failureThreshold how many checks in a row have to fail before the application
 * counts as unhealthy; 1 or more
 * @param successThreshold how many checks in a row have to succeed before it counts as
 * healthy again; 1 or more
 * @param slowCheck what a check means that takes longer than the interval
 */
public record HealthMonitorSettings(Duration interval, int failureThreshold, int successThreshold,
		SlowCheck slowCheck) {

	/** How soon a check is repeated that found something new. */
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
	 * How soon to repeat a check that found something new.
	 */
	Duration confirmation() {
		return Durations.shorter(CONFIRMATION, this.interval);
	}

	/**
	 * How many checks in a row have to find something before it is believed.
	 */
	int threshold(Standing found) {
		return found.isHealthy() ? this.successThreshold : this.failureThreshold;
	}

	/**
	 * What a health check means that takes longer than the interval.
	 */
	public enum SlowCheck {

		/** It has failed. */
		FAILS,

		/**
		 * It says nothing until it ends: the last known health stays, and an application
		 * of which nothing is known yet counts as healthy.
		 */
		KEEPS_LAST_HEALTH

	}

}
