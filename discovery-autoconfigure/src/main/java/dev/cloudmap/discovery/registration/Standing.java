package dev.cloudmap.discovery.registration;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.HealthStatus;

/**
 * How this application is, and who says so.
 *
 * @param status {@code HEALTHY} or {@code UNHEALTHY}; never null
 * @param reason who says so and why; null where nobody has said anything
 */
public record Standing(HealthStatus status, @Nullable String reason) {

	/** What an application is of which nothing else is known. */
	public static final Standing HEALTHY = new Standing(HealthStatus.HEALTHY, null);

	/**
	 * Healthy, because somebody says so.
	 * @param reason who and why; not null
	 */
	public static Standing healthy(String reason) {
		return new Standing(HealthStatus.HEALTHY, reason);
	}

	/**
	 * Not healthy.
	 * @param reason who says so and why; not null
	 */
	public static Standing unhealthy(String reason) {
		return new Standing(HealthStatus.UNHEALTHY, reason);
	}

	/**
	 * Whether the application should receive requests.
	 */
	public boolean isHealthy() {
		return this.status == HealthStatus.HEALTHY;
	}

	/**
	 * Why it is not healthy; null if it is.
	 */
	@Nullable String complaint() {
		return isHealthy() ? null : Objects.requireNonNullElse(this.reason, "unhealthy");
	}

}
