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
 * An actor on a registry in memory and a timer turned by hand, in which nothing happens
 * but on the test's own thread.
 */
final class ActorFixture {

	static final InstanceRegistration INSTANCE = new InstanceRegistration(
			new ServiceName(new Namespace("corp"), "worker"), "i-1", "127.0.0.1", 8080, Map.of(),
			new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10)));

	private static final Duration LEASE = Duration.ofSeconds(15);

	static final Standing SICK = Standing.unhealthy("the disk is full");

	final FakeRegistry registry;

	final ManualTimer timer = new ManualTimer();

	/** All states that were told, in order. */
	final List<RegistrationState> states = new ArrayList<>();

	/** Runs everything at once unless a test wants otherwise. */
	Executor executor = Runnable::run;

	final RegistrationActor actor;

	private ActorFixture(FakeRegistry registry, Action action, Duration lease, Incumbent incumbent) {
		this.registry = registry;
		this.actor = new RegistrationActor(
				new RegistryEntry(this.registry, this.timer, lease, Duration.ofMinutes(1), incumbent),
				new UnhealthyPolicy(action, Duration.ofMinutes(2)), (task) -> this.executor.execute(task), this.timer,
				this.states::add);
	}

	static ActorFixture unhealthyFirst() {
		return new ActorFixture(new FakeRegistry(), Action.UNHEALTHY, LEASE, null);
	}

	static ActorFixture on(FakeRegistry registry) {
		return new ActorFixture(registry, Action.UNHEALTHY, LEASE, null);
	}

	static ActorFixture leasedFor(Duration lease) {
		return new ActorFixture(new FakeRegistry(), Action.UNHEALTHY, lease, null);
	}

	static ActorFixture deregisteredAtOnce() {
		return new ActorFixture(new FakeRegistry(), Action.DEREGISTER, LEASE, null);
	}

	static ActorFixture besides(Incumbent incumbent) {
		return new ActorFixture(new FakeRegistry(), Action.UNHEALTHY, LEASE, incumbent);
	}

	/** A registry such as AWS Cloud Map. */
	ActorFixture withoutLeases() {
		this.registry.capabilities = Set.of();
		return this;
	}

	ActorFixture registered() {
		this.actor.register(() -> INSTANCE);
		return this;
	}

	Phase phase() {
		return this.actor.state().phase();
	}

	/** The calls since this was asked last. */
	List<String> calls() {
		List<String> calls = List.copyOf(this.registry.calls);
		this.registry.calls.clear();
		return calls;
	}

}
