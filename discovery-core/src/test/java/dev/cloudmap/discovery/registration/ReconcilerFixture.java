package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registration.RegistrationState.Phase;
import dev.cloudmap.discovery.registration.UnhealthyPolicy.Action;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.thread.ManualTimer;

/**
 * A reconciler with a registry in memory and a manual timer. Everything happens on the
 * test's own thread.
 */
final class ReconcilerFixture {

	static final InstanceRegistration INSTANCE = new InstanceRegistration(
			new ServiceName(new Namespace("corp"), "worker"), "i-1", "127.0.0.1", 8080, Map.of(),
			new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10)));

	private static final Duration LEASE = Duration.ofSeconds(15);

	static final ReportedHealth SICK = ReportedHealth.unhealthy("the disk is full");

	final FakeRegistry registry;

	final ManualTimer timer = new ManualTimer();

	/** All states, in order. */
	final List<RegistrationState> states = new ArrayList<>();

	/** Runs everything at once unless a test wants otherwise. */
	Executor executor = Runnable::run;

	final RegistrationReconciler reconciler;

	private ReconcilerFixture(FakeRegistry registry, Action action, Duration lease,
			ExternalRegistrar externalRegistrar) {
		this.registry = registry;
		this.reconciler = RegistrationReconciler.of(this.registry, lease, Duration.ofMinutes(1), externalRegistrar,
				new UnhealthyPolicy(action, Duration.ofMinutes(2)), (task) -> this.executor.execute(task), this.timer,
				this.states::add);
	}

	static ReconcilerFixture reportingUnhealthy() {
		return new ReconcilerFixture(new FakeRegistry(), Action.UNHEALTHY, LEASE, null);
	}

	static ReconcilerFixture with(FakeRegistry registry) {
		return new ReconcilerFixture(registry, Action.UNHEALTHY, LEASE, null);
	}

	static ReconcilerFixture withLease(Duration lease) {
		return new ReconcilerFixture(new FakeRegistry(), Action.UNHEALTHY, lease, null);
	}

	static ReconcilerFixture deregisteringUnhealthy() {
		return new ReconcilerFixture(new FakeRegistry(), Action.DEREGISTER, LEASE, null);
	}

	static ReconcilerFixture registeredBy(ExternalRegistrar externalRegistrar) {
		return new ReconcilerFixture(new FakeRegistry(), Action.UNHEALTHY, LEASE, externalRegistrar);
	}

	/** A registry such as AWS Cloud Map. */
	ReconcilerFixture withoutLeases() {
		this.registry.capabilities = Set.of();
		return this;
	}

	ReconcilerFixture registered() {
		this.reconciler.register(() -> INSTANCE);
		return this;
	}

	Phase phase() {
		return this.reconciler.state().phase();
	}

	/** The calls since the last call of this method. */
	List<String> calls() {
		List<String> calls = List.copyOf(this.registry.calls);
		this.registry.calls.clear();
		return calls;
	}

}
