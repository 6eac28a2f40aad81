package dev.cloudmap.discovery.registration;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.HealthStatus;

/**
 * The health of this application, and where that status comes from.
 *
 * @param status {@code HEALTHY} or {@code UNHEALTHY}
 * @param reason why the application has this status; null if there is no special reason
 * @param origin what decided the status; null if the application is healthy
 */
public record Standing(HealthStatus status, @Nullable String reason, @Nullable Origin origin) {

	/** An application of which nothing else is known. */
	public static final Standing HEALTHY = new Standing(HealthStatus.HEALTHY, null, null);

	/**
	 * Healthy for a special reason, such as a decision by hand.
	 * @param reason the reason
	 */
	public static Standing healthy(String reason) {
		return new Standing(HealthStatus.HEALTHY, reason, null);
	}

	/**
	 * Not healthy, as a health check that the user has chosen has found.
	 * @param reason the reason
	 */
	public static Standing unhealthy(String reason) {
		return unhealthy(Origin.CHOSEN_CHECK, reason);
	}

	/**
	 * Not healthy.
	 * @param origin what decided that
	 * @param reason the reason
	 */
	public static Standing unhealthy(Origin origin, String reason) {
		return new Standing(HealthStatus.UNHEALTHY, reason, origin);
	}

	/**
	 * Whether the application should receive requests.
	 */
	public boolean isHealthy() {
		return this.status == HealthStatus.HEALTHY;
	}

	/**
	 * Whether the instance may be deregistered for this.
	 */
	boolean mayDeregister() {
		return !isHealthy() && this.origin != Origin.OVERALL_HEALTH && this.origin != Origin.LIVENESS;
	}

	/**
	 * Whether the application or its operator has decided this, so that it needs no
	 * warning.
	 */
	boolean isDeliberate() {
		return this.origin == Origin.READINESS || this.origin == Origin.MANUAL;
	}

	/**
	 * Why the application is not healthy; null if it is.
	 */
	@Nullable String complaint() {
		return isHealthy() ? null : Objects.requireNonNullElse(this.reason, "unhealthy");
	}

	/**
	 * What decided that an application is not healthy.
	 */
	public enum Origin {

		/** The application refuses traffic ({@code ReadinessState}). */
		READINESS,

		/**
		 * The application says that it is broken ({@code LivenessState}). The registry
		 * reports the instance as unhealthy; the platform is expected to restart it.
		 */
		LIVENESS,

		/**
		 * The application's health as a whole. The instance is reported as unhealthy and
		 * never deregistered, since a shared dependency can take all instances down at
		 * once.
		 */
		OVERALL_HEALTH,

		/** A health group or a {@link HealthProbe} that the user has chosen. */
		CHOSEN_CHECK,

		/** A decision by hand. */
		MANUAL

	}

}
