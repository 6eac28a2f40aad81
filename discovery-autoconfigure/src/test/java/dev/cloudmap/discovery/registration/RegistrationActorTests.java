package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.NothingToRegisterException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registration.RegistrationState.Phase;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class RegistrationActorTests {

	private static final InstanceRegistration INSTANCE = new InstanceRegistration(
			new ServiceName(new Namespace("corp"), "worker"), "i-1", "127.0.0.1", 8080, Map.of(),
			new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10)));

	private final FakeRegistry registry = new FakeRegistry();

	private final ManualTimer timer = new ManualTimer();

	private final AtomicInteger registered = new AtomicInteger();

	private final RegistrationActor actor = new RegistrationActor(this.registry, Runnable::run, this.timer,
			Duration.ofSeconds(15), this.registered::incrementAndGet);

	@Test
	void registersAndRenewsThriceALease() {
		assertThat(this.actor.state().phase()).isEqualTo(Phase.WAITING);
		assertThat(this.actor.register(() -> INSTANCE)).isCompleted();
		assertThat(this.actor.state().phase()).isEqualTo(Phase.REGISTERED);
		assertThat(this.registered).hasValue(1);
		this.timer.advance(Duration.ofSeconds(15));
		assertThat(this.registry.calls).containsExactly("register i-1", "HEALTHY i-1", "HEALTHY i-1", "HEALTHY i-1");
	}

	@Test
	void doesNotRenewWhereThereAreNoLeases() {
		this.registry.capabilities = Set.of();
		this.actor.register(() -> INSTANCE);
		this.timer.advance(Duration.ofMinutes(5));
		assertThat(this.registry.calls).containsExactly("register i-1");
	}

	@Test
	void triesAgainUntilTheRegistryIsThere() {
		this.registry.failure = new RegistryUnavailableException("away", null);
		assertThat(this.actor.register(() -> INSTANCE)).isCompletedExceptionally();
		assertThat(this.actor.state()).satisfies((state) -> {
			assertThat(state.phase()).isEqualTo(Phase.REGISTERING);
			assertThat(state.problem()).isEqualTo("away");
			assertThat(state.instance()).isEqualTo(INSTANCE);
		});
		this.timer.advance(Duration.ofMinutes(2));
		// 1, 2, 4, 8, 16, then every 30 s
		assertThat(this.registry.calls).hasSizeBetween(7, 9).containsOnly("register i-1");
		this.registry.failure = null;
		this.timer.advance(Duration.ofSeconds(34));
		assertThat(this.actor.state()).satisfies((state) -> {
			assertThat(state.phase()).isEqualTo(Phase.REGISTERED);
			assertThat(state.problem()).isNull();
		});
		assertThat(this.registered).hasValue(1);
	}

	@Test
	void registersAgainWhenTheRegistryHasForgotten() {
		this.actor.register(() -> INSTANCE);
		this.registry.instances.clear();
		this.timer.advance(Duration.ofSeconds(5));
		assertThat(this.registry.instances).containsKey("i-1");
		assertThat(this.actor.state().phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void anOutageBetweenRenewalsIsShownAndForgotten() {
		this.actor.register(() -> INSTANCE);
		this.registry.failure = new RegistryUnavailableException("away", null);
		this.timer.advance(Duration.ofSeconds(6));
		assertThat(this.actor.state().problem()).isEqualTo("away");
		this.registry.failure = null;
		this.timer.advance(Duration.ofSeconds(5));
		assertThat(this.actor.state().problem()).isNull();
		assertThat(this.actor.state().phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void nothingIsSaidAfterDeregistration() {
		this.actor.register(() -> INSTANCE);
		assertThat(this.actor.deregister()).isCompleted();
		this.actor.report(HealthStatus.HEALTHY);
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.registry.calls).containsExactly("register i-1", "deregister i-1");
		assertThat(this.actor.state().phase()).isEqualTo(Phase.DEREGISTERED);
	}

	@Test
	void aRetryDoesNotComeAfterDeregistration() {
		this.registry.failure = new RegistryUnavailableException("away", null);
		this.actor.register(() -> INSTANCE);
		this.registry.failure = null;
		this.actor.deregister();
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.registry.calls).containsExactly("register i-1", "deregister i-1");
	}

	@Test
	void healthIsReportedAndKeptWithEachRenewal() {
		this.actor.register(() -> INSTANCE);
		this.actor.report(HealthStatus.UNHEALTHY);
		assertThat(this.actor.state().phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		this.timer.advance(Duration.ofSeconds(5));
		this.actor.report(HealthStatus.HEALTHY);
		assertThat(this.actor.state().phase()).isEqualTo(Phase.REGISTERED);
		// the report that it is unhealthy renews no lease
		assertThat(this.registry.calls).containsExactly("register i-1", "UNHEALTHY i-1", "register i-1", "HEALTHY i-1");
	}

	@Test
	void anUnhealthyInstanceIsNeverRegisteredAsHealthy() {
		this.actor.report(HealthStatus.UNHEALTHY);
		this.actor.register(() -> INSTANCE);
		assertThat(this.actor.state().phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(this.registry.instances.get("i-1").attributes()).containsEntry("AWS_INIT_HEALTH_STATUS",
				"UNHEALTHY");
		this.registry.instances.clear();
		this.timer.advance(Duration.ofSeconds(5));
		assertThat(this.registry.instances.get("i-1").attributes()).containsEntry("AWS_INIT_HEALTH_STATUS",
				"UNHEALTHY");
		this.actor.report(HealthStatus.HEALTHY);
		assertThat(this.actor.state().phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void aReportThatFailsIsTriedAgainWhereNoRenewalFollows() {
		this.registry.capabilities = Set.of();
		this.actor.register(() -> INSTANCE);
		this.registry.failure = new RegistryUnavailableException("away", null);
		assertThat(this.actor.report(HealthStatus.UNHEALTHY)).isCompletedExceptionally();
		this.timer.advance(Duration.ofSeconds(10));
		this.registry.failure = null;
		this.timer.advance(Duration.ofSeconds(10));
		assertThat(this.actor.state().phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(this.actor.state().problem()).isNull();
		int calls = this.registry.calls.size();
		this.timer.advance(Duration.ofMinutes(5));
		assertThat(this.registry.calls).hasSize(calls).endsWith("UNHEALTHY i-1");
	}

	@Test
	void whatHasNoPortIsNotTriedAgain() {
		assertThat(this.actor.register(() -> {
			throw NothingToRegisterException.noPort();
		})).isCompletedExceptionally();
		assertThat(this.actor.state().phase()).isEqualTo(Phase.WAITING);
		assertThat(this.actor.state().problem()).contains("discovery.registration.port");
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.registry.calls).isEmpty();
	}

}
