package dev.cloudmap.discovery.actuate.metrics;

import java.util.List;
import java.util.Locale;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.registration.reconcile.RegistrationHistory;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;

/**
 * The meters {@code discovery.registration.*} of this application's registration.
 */
public final class RegistrationMetrics implements MeterBinder {

	private final RegistrationReconciler reconciler;

	/**
	 * Creates the metrics.
	 * @param reconciler the registration
	 */
	public RegistrationMetrics(RegistrationReconciler reconciler) {
		this.reconciler = reconciler;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		RegistrationHistory history = this.reconciler.history();
		for (Phase phase : Phase.values()) {
			DiscoveryMeter.REGISTRATION_STATE.gauge(() -> (this.reconciler.state().phase() == phase) ? 1 : 0)
				.tag("state", label(phase))
				.register(registry);
			DiscoveryMeter.REGISTRATION_TRANSITIONS.counter(history, (counts) -> counts.entered(phase))
				.tag("state", label(phase))
				.register(registry);
		}
		for (HealthStatus status : List.of(HealthStatus.HEALTHY, HealthStatus.UNHEALTHY)) {
			DiscoveryMeter.HEALTH_TRANSITIONS.counter(history, (counts) -> counts.healthChanges(status))
				.tag("health", label(status))
				.register(registry);
		}
		DiscoveryMeter.RENEWAL_FAILURES.counter(history, RegistrationHistory::renewalFailures).register(registry);
	}

	private static String label(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
