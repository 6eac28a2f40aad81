package dev.cloudmap.registry.health;

import dev.cloudmap.registry.state.model.HealthStatus;

/**
 * The result of one health check.
 *
 * @param status HEALTHY or UNHEALTHY
 * @param reason the reason, for the log
 */
record CheckResult(HealthStatus status, String reason) {

	static CheckResult healthy(String reason) {
		return new CheckResult(HealthStatus.HEALTHY, reason);
	}

	static CheckResult unhealthy(String reason) {
		return new CheckResult(HealthStatus.UNHEALTHY, reason);
	}

}
