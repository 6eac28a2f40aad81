package dev.cloudmap.registry.health;

import dev.cloudmap.registry.state.model.HealthStatus;

/**
 * What one check of an instance found.
 *
 * @param status HEALTHY or UNHEALTHY
 * @param reason why, for people to read
 */
record CheckResult(HealthStatus status, String reason) {

	static CheckResult healthy(String reason) {
		return new CheckResult(HealthStatus.HEALTHY, reason);
	}

	static CheckResult unhealthy(String reason) {
		return new CheckResult(HealthStatus.UNHEALTHY, reason);
	}

}
