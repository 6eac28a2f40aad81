package dev.cloudmap.discovery.registration;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.util.Assert;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.thread.Futures;

/**
 * Spring Cloud's way to register by hand, and what {@code /actuator/serviceregistry}
 * calls.
 */
public final class DiscoveryServiceRegistry implements ServiceRegistry<DiscoveryRegistration> {

	private final RegistrationActor actor;

	public DiscoveryServiceRegistry(RegistrationActor actor) {
		this.actor = actor;
	}

	/**
	 * Registers this application and waits for the first attempt.
	 * @throws DiscoveryException if it failed; it will be tried again
	 */
	@Override
	public void register(@Nullable DiscoveryRegistration registration) {
		Assert.notNull(registration, "'registration' must not be null");
		Futures.join(this.actor.register(registration::instance));
	}

	/**
	 * Deregisters this application and waits until the registry has done so.
	 * @throws DiscoveryException if that failed
	 */
	@Override
	public void deregister(@Nullable DiscoveryRegistration registration) {
		Futures.join(this.actor.deregister());
	}

	@Override
	public void close() {
	}

	/**
	 * Sets the health that the registry shows.
	 * @param registration this application
	 * @param status {@code UP} or {@code HEALTHY}; {@code DOWN}, {@code OUT_OF_SERVICE}
	 * or {@code UNHEALTHY}
	 * @throws IllegalArgumentException if the status is none of these
	 */
	@Override
	public void setStatus(DiscoveryRegistration registration, String status) {
		HealthStatus health = switch (status.toUpperCase(Locale.ROOT)) {
			case "UP", "HEALTHY" -> HealthStatus.HEALTHY;
			case "DOWN", "OUT_OF_SERVICE", "UNHEALTHY" -> HealthStatus.UNHEALTHY;
			default -> throw new IllegalArgumentException(
					"Status '" + status + "' is not known: expected UP, HEALTHY, DOWN, OUT_OF_SERVICE or UNHEALTHY");
		};
		Futures.join(this.actor.report(health));
	}

	/**
	 * Where the registration stands: the name of a {@link RegistrationState.Phase}.
	 */
	@Override
	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	public <T> T getStatus(DiscoveryRegistration registration) {
		return (T) this.actor.state().phase().name();
	}

}
