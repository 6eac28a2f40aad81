package dev.cloudmap.registry.health;

import dev.cloudmap.registry.state.HealthStatus;

/**
 * What one check of an instance found.
 *
 * @param status HEALTHY or UNHEALTHY
 * @param reason why, for people to read
 */
record Finding(HealthStatus status, String reason) {

	static Finding healthy(String reason) {
		return new Finding(HealthStatus.HEALTHY, reason);
	}

	static Finding unhealthy(String reason) {
		return new Finding(HealthStatus.UNHEALTHY, reason);
	}

}
