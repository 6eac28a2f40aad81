package dev.cloudmap.benchmarks.cost;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.UnhealthyPolicy;
import dev.cloudmap.discovery.registration.reconcile.UnhealthyPolicy.Action;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;

/**
 * Counts the API calls for an application that is registered for one month.
 */
final class RegistrationCost {

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	private RegistrationCost() {
	}

	/**
	 * Registers an application, simulates one month, and returns a line with the numbers
	 * of calls.
	 */
	static String ofOneMonth() {
		VirtualTimer timer = new VirtualTimer(START);
		ScriptedRegistry registry = new ScriptedRegistry(Map.of(), timer);
		RegistrationReconciler reconciler = new RegistrationReconciler(registry, Duration.ofSeconds(15),
				Duration.ofMinutes(5), null, new UnhealthyPolicy(Action.UNHEALTHY, Duration.ofMinutes(2)),
				Runnable::run, timer, (state) -> {
				});
		InstanceRegistration instance = new InstanceRegistration(new ServiceName(new Namespace("corp"), "backend"),
				"i-1", "10.0.0.1", 8080, Map.of(),
				new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10)));
		reconciler.register(() -> instance).join();
		timer.runUntil(START.plus(Duration.ofDays(30)));
		return String.format(Locale.ROOT,
				"RegistrationCost for a month: %d RegisterInstance, %d reports of health, %d GetInstance",
				registry.registrations(), registry.reports(), registry.checks());
	}

}
