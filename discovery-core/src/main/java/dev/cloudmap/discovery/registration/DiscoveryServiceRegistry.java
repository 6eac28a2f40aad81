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
import dev.cloudmap.discovery.registration.ReportedHealth.Origin;
import dev.cloudmap.discovery.thread.Futures;

/**
 * Spring Cloud's way to register by hand, and what {@code /actuator/serviceregistry}
 * calls.
 */
public final class DiscoveryServiceRegistry implements ServiceRegistry<DiscoveryRegistration> {

	/** How long someone waits who deregisters by hand. */
	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	/**
	 * Leaves the status to readiness and health checks again; Eureka's word is taken too.
	 */
	private static final Set<String> RESETS = Set.of("RESET", "CANCEL_OVERRIDE");

	private final RegistrationReconciler reconciler;

	private final ApplicationHealth health;

	/**
	 * Creates the registry.
	 * @param reconciler tells the registry behind it; not null
	 * @param health takes decisions by hand; not null
	 */
	public DiscoveryServiceRegistry(RegistrationReconciler reconciler, ApplicationHealth health) {
		this.reconciler = reconciler;
		this.health = health;
	}

	/**
	 * Registers this application, also if it is registered, and waits for the first
	 * attempt. A listener that the library calls on its thread is not waited for: what it
	 * asks for is done once it has returned, here and below.
	 * @throws DiscoveryException if it failed; it will be tried again
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
	 * Decides how this application is. That wins over its readiness and its health checks
	 * until it is taken back.
	 * @param registration this application
	 * @param status {@code UP} or {@code HEALTHY}; {@code DOWN}, {@code OUT_OF_SERVICE}
	 * or {@code UNHEALTHY}; or {@code RESET}, to leave it to readiness and checks again
	 * @throws IllegalArgumentException if the status is none of these
	 * @throws DiscoveryException if the registry could not be told, which is tried again
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
					+ "' is not known: expected UP, HEALTHY, DOWN, OUT_OF_SERVICE or UNHEALTHY, or RESET to leave it to"
					+ " readiness and health checks again");
		}
		await(this.health.manual(decided));
	}

	/**
	 * Waits, except where waiting would keep what is waited for from being done.
	 */
	private void await(CompletableFuture<?> done) {
		if (!this.reconciler.isOnExecutor()) {
			Futures.join(done);
		}
	}

	/**
	 * Where the registration stands: the name of a {@link RegistrationState.Phase}.
	 */
	@Override
	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	public <T> T getStatus(DiscoveryRegistration registration) {
		return (T) this.reconciler.state().phase().name();
	}

}
