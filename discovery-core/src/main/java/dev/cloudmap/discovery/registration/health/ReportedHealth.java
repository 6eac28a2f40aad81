package dev.cloudmap.discovery.registration.health;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.HealthStatus;

/**
 * The health of this application as reported to the registry, and where that status comes
 * from.
 *
 * @param status {@code HEALTHY} or {@code UNHEALTHY}
 * @param reason why the application has this status; null if there is no special reason
 * @param origin what decided the status; null if the application is healthy
 */
public record ReportedHealth(HealthStatus status, @Nullable String reason, @Nullable Origin origin) {

	/** A healthy application, without a special reason. */
	public static final ReportedHealth HEALTHY = new ReportedHealth(HealthStatus.HEALTHY, null, null);

	/**
	 * Healthy for a special reason, such as a manual decision.
	 * @param reason the reason
	 */
	public static ReportedHealth healthy(String reason) {
		return new ReportedHealth(HealthStatus.HEALTHY, reason, null);
	}

	/**
	 * Unhealthy, as found by a health check that the user has chosen.
	 * @param reason the reason
	 */
	public static ReportedHealth unhealthy(String reason) {
		return unhealthy(Origin.CHOSEN_CHECK, reason);
	}

	/**
	 * Unhealthy.
	 * @param origin what decided that
	 * @param reason the reason
	 */
	public static ReportedHealth unhealthy(Origin origin, String reason) {
		return new ReportedHealth(HealthStatus.UNHEALTHY, reason, origin);
	}

	/**
	 * Whether the application should receive requests.
	 */
	public boolean isHealthy() {
		return this.status == HealthStatus.HEALTHY;
	}

	/**
	 * Whether the instance may be deregistered for this status.
	 */
	public boolean mayDeregister() {
		return !isHealthy() && this.origin != Origin.OVERALL_HEALTH && this.origin != Origin.LIVENESS;
	}

	/**
	 * Whether the application or its operator has decided this, so that it needs no
	 * warning.
	 */
	public boolean isDeliberate() {
		return this.origin == Origin.READINESS || this.origin == Origin.MANUAL;
	}

	/**
	 * Why the application is not healthy; null if it is.
	 */
	public @Nullable String unhealthyReason() {
		return isHealthy() ? null : Objects.requireNonNullElse(this.reason, "unhealthy");
	}

	/**
	 * What decided that an application is not healthy.
	 */
	public enum Origin {

		/** The application refuses traffic ({@code ReadinessState}). */
		READINESS,

		/**
		 * The application is broken ({@code LivenessState}). The instance is reported as
		 * unhealthy; the platform is expected to restart the application.
		 */
		LIVENESS,

		/**
		 * The application's health as a whole. The instance is reported as unhealthy and
		 * never deregistered, since a shared dependency can make all instances unhealthy
		 * at once.
		 */
		OVERALL_HEALTH,

		/** A health group or a {@link HealthProbe} that the user has chosen. */
		CHOSEN_CHECK,

		/** A manual decision. */
		MANUAL

	}

}
