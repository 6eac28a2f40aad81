package dev.cloudmap.discovery.registration.reconcile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;
import dev.cloudmap.discovery.registration.reconcile.UnhealthyPolicy.Action;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.thread.ManualTimer;

/**
 * A reconciler with a registry in memory and a manual timer. All tasks run on the thread
 * of the test.
 */
public final class ReconcilerFixture {

	public static final InstanceRegistration INSTANCE = new InstanceRegistration(
			new ServiceName(new Namespace("corp"), "worker"), "i-1", "127.0.0.1", 8080, Map.of(),
			new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10)));

	private static final Duration LEASE = Duration.ofSeconds(15);

	public static final ReportedHealth SICK = ReportedHealth.unhealthy("the disk is full");

	public final FakeRegistry registry;

	public final ManualTimer timer = new ManualTimer();

	/** All states, in order. */
	public final List<RegistrationState> states = new ArrayList<>();

	/** Runs each task immediately unless a test replaces it. */
	public Executor executor = Runnable::run;

	public final RegistrationReconciler reconciler;

	private ReconcilerFixture(FakeRegistry registry, Action action, Duration lease,
			ExternalRegistrar externalRegistrar) {
		this.registry = registry;
		this.reconciler = new RegistrationReconciler(this.registry, lease, Duration.ofMinutes(1), externalRegistrar,
				new UnhealthyPolicy(action, Duration.ofMinutes(2)), (task) -> this.executor.execute(task), this.timer,
				this.states::add);
	}

	public static ReconcilerFixture reportingUnhealthy() {
		return new ReconcilerFixture(new FakeRegistry(), Action.UNHEALTHY, LEASE, null);
	}

	public static ReconcilerFixture with(FakeRegistry registry) {
		return new ReconcilerFixture(registry, Action.UNHEALTHY, LEASE, null);
	}

	public static ReconcilerFixture withLease(Duration lease) {
		return new ReconcilerFixture(new FakeRegistry(), Action.UNHEALTHY, lease, null);
	}

	public static ReconcilerFixture deregisteringUnhealthy() {
		return new ReconcilerFixture(new FakeRegistry(), Action.DEREGISTER, LEASE, null);
	}

	public static ReconcilerFixture registeredBy(ExternalRegistrar externalRegistrar) {
		return new ReconcilerFixture(new FakeRegistry(), Action.UNHEALTHY, LEASE, externalRegistrar);
	}

	/** Configures a registry like AWS Cloud Map. */
	public ReconcilerFixture withoutLeases() {
		this.registry.capabilities = Set.of();
		return this;
	}

	public ReconcilerFixture registered() {
		this.reconciler.register(() -> INSTANCE);
		return this;
	}

	public Phase phase() {
		return this.reconciler.state().phase();
	}

	/** Returns the calls since the last call of this method. */
	public List<String> calls() {
		List<String> calls = List.copyOf(this.registry.calls);
		this.registry.calls.clear();
		return calls;
	}

}
