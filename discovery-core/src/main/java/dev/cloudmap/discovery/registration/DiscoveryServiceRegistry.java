package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.util.Assert;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registration.health.ApplicationHealth;
import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registration.health.ReportedHealth.Origin;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState;
import dev.cloudmap.discovery.thread.Futures;

/**
 * Manual registration with Spring Cloud's interface, also by
 * {@code /actuator/serviceregistry}.
 */
public final class DiscoveryServiceRegistry implements ServiceRegistry<DiscoveryRegistration> {

	/** How long a manual deregistration may take. */
	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	/**
	 * Resets a manual status; the second is the term of Eureka.
	 */
	private static final Set<String> RESETS = Set.of("RESET", "CANCEL_OVERRIDE");

	private final RegistrationReconciler reconciler;

	private final ApplicationHealth health;

	/**
	 * Creates the registry.
	 * @param reconciler registers this application
	 * @param health receives the manual status
	 */
	public DiscoveryServiceRegistry(RegistrationReconciler reconciler, ApplicationHealth health) {
		this.reconciler = reconciler;
		this.health = health;
	}

	/**
	 * Registers this application, even if it is registered, and waits for the first
	 * attempt. If a listener on the library's thread calls this or the following methods,
	 * they do not wait: their work follows after the listener has returned.
	 * @throws DiscoveryException if the attempt failed; it will be repeated
	 */
	@Override
	public void register(@Nullable DiscoveryRegistration registration) {
		Assert.notNull(registration, "'registration' must not be null");
		await(this.reconciler.register(registration::instance));
	}

	/**
	 * Deregisters this application and waits until the registry has done so.
	 * @throws DiscoveryException if that failed
	 */
	@Override
	public void deregister(@Nullable DiscoveryRegistration registration) {
		CompletableFuture<Boolean> gone = this.reconciler.deregister();
		try {
			await(gone.orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
		}
		catch (CompletionException ex) {
			throw new DiscoveryException("This application could not be deregistered within " + TIMEOUT.toSeconds()
					+ " s: " + this.reconciler.state().problem(), ex);
		}
	}

	@Override
	public void close() {
	}

	/**
	 * Sets the health of this application manually. It takes precedence over readiness
	 * and health checks until it is reset.
	 * @param registration this application
	 * @param status {@code UP} or {@code HEALTHY}; {@code DOWN}, {@code OUT_OF_SERVICE}
	 * or {@code UNHEALTHY}; or {@code RESET}, to use readiness and health checks again
	 * @throws IllegalArgumentException if the status is none of these
	 * @throws DiscoveryException if the registry could not be updated, which is repeated
	 */
	@Override
	public void setStatus(DiscoveryRegistration registration, String status) {
		String upper = status.toUpperCase(Locale.ROOT);
		ReportedHealth decided = switch (upper) {
			case "UP", "HEALTHY" -> ReportedHealth.healthy("set to " + upper + " by hand");
			case "DOWN", "OUT_OF_SERVICE", "UNHEALTHY" ->
				ReportedHealth.unhealthy(Origin.MANUAL, "set to " + upper + " by hand");
			default -> null;
		};
		if (decided == null && !RESETS.contains(upper)) {
			throw new IllegalArgumentException("Status '" + status
					+ "' is not supported: expected UP, HEALTHY, DOWN, OUT_OF_SERVICE or UNHEALTHY, or RESET to use"
					+ " readiness and health checks again");
		}
		await(this.health.manual(decided));
	}

	/**
	 * Waits, except on the thread that does the work.
	 */
	private void await(CompletableFuture<?> done) {
		if (!this.reconciler.isOnExecutor()) {
			Futures.join(done);
		}
	}

	/**
	 * The name of the {@link RegistrationState.Phase} of the registration.
	 */
	@Override
	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	public <T> T getStatus(DiscoveryRegistration registration) {
		return (T) this.reconciler.state().phase().name();
	}

}
