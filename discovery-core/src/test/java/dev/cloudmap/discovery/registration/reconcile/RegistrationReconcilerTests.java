package dev.cloudmap.discovery.registration.reconcile;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.NothingToRegisterException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;
import dev.cloudmap.discovery.registration.reconcile.UnhealthyPolicy.Action;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;

import static dev.cloudmap.discovery.registration.reconcile.ReconcilerFixture.SICK;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests registration, renewal, verification and deregistration.
 */
@ExtendWith(OutputCaptureExtension.class)
class RegistrationReconcilerTests {

	private final ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy();

	private final RegistrationReconciler reconciler = this.fixture.reconciler;

	@Test
	void renewsTheLeaseEveryFourSecondsAtLeast() {
		assertThat(this.fixture.phase()).isEqualTo(Phase.WAITING);
		assertThat(this.reconciler.register(() -> ReconcilerFixture.INSTANCE)).isCompleted();
		assertThat(this.fixture.phase()).isEqualTo(Phase.REGISTERED);
		assertThat(this.fixture.calls()).containsExactly("register i-1");
		// at least every 4 s, although a third of the lease is 5 s
		for (int i = 0; i < 3; i++) {
			this.fixture.timer.advance(Duration.ofSeconds(4));
			assertThat(this.fixture.calls()).isNotEmpty().containsOnly("HEALTHY i-1");
		}
	}

	@Test
	void renewsTheLeaseWhereTheFirstAnswerShowsThatThereAreLeases() {
		FakeRegistry registry = new FakeRegistry() {

			@Override
			public void register(InstanceRegistration instance) {
				super.register(instance);
				this.capabilities = Set.of(Capability.LEASES);
			}

		};
		ReconcilerFixture fixture = ReconcilerFixture.with(registry).withoutLeases().registered();
		assertThat(fixture.calls()).containsExactly("register i-1");
		fixture.timer.advance(Duration.ofSeconds(4));
		assertThat(fixture.calls()).containsExactly("HEALTHY i-1");
	}

	@Test
	void verifiesTheRegistrationWhereThereAreNoLeases() {
		this.fixture.withoutLeases().registered();
		this.fixture.calls();
		this.fixture.timer.advance(Duration.ofMinutes(5));
		assertThat(this.fixture.calls()).hasSizeBetween(5, 6).containsOnly("attributes i-1");
	}

	@Test
	void repeatsARegistrationThatFailed() {
		this.fixture.withoutLeases();
		this.fixture.registry.failure = new RegistryUnavailableException("away", null);
		assertThat(this.reconciler.register(() -> ReconcilerFixture.INSTANCE)).isCompletedExceptionally();
		assertThat(this.reconciler.state()).satisfies((state) -> {
			assertThat(state.phase()).isEqualTo(Phase.FAILED);
			assertThat(state.problem()).isEqualTo("away");
			assertThat(state.instance()).isEqualTo(ReconcilerFixture.INSTANCE);
		});
		this.fixture.timer.advance(Duration.ofMinutes(2));
		// 1, 2, 4, 8, 16, then every 30 s
		assertThat(this.fixture.calls()).hasSizeBetween(7, 9).containsOnly("register i-1");
		this.fixture.registry.failure = null;
		this.fixture.timer.advance(Duration.ofSeconds(34));
		assertThat(this.reconciler.state()).satisfies((state) -> {
			assertThat(state.phase()).isEqualTo(Phase.REGISTERED);
			assertThat(state.problem()).isNull();
		});
		assertThat(this.fixture.states).extracting(RegistrationState::phase)
			.containsExactly(Phase.REGISTERING, Phase.REGISTERING, Phase.FAILED, Phase.REGISTERED);
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 15, 31, 3600 })
	void registersWithinFiveSecondsAfterTheRegistryLostItsData(long lease) {
		ReconcilerFixture leased = ReconcilerFixture.withLease(Duration.ofSeconds(lease)).registered();
		leased.registry.failure = new RegistryUnavailableException("away", null);
		leased.timer.advance(Duration.ofSeconds(30));
		assertThat(leased.reconciler.state().problem()).isEqualTo("away");
		assertThat(leased.phase()).isEqualTo(Phase.REGISTERED);
		leased.registry.failure = null;
		leased.registry.instances.clear();
		// half of the time for which callers keep instances that disappeared at once
		leased.timer.advance(Duration.ofSeconds(5));
		assertThat(leased.registry.instances).containsKey("i-1");
		assertThat(leased.reconciler.state().problem()).isNull();
		assertThat(leased.phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void registersADeletedInstanceAgain() {
		this.fixture.withoutLeases().registered();
		this.fixture.registry.instances.clear();
		this.fixture.timer.advance(Duration.ofMinutes(1));
		assertThat(this.fixture.registry.instances).containsKey("i-1");
	}

	@Test
	void correctsAnOverwrittenInstance() {
		this.fixture.withoutLeases().registered();
		this.fixture.registry.instances.put("i-1", with(Map.of("foreign", "true")));
		this.fixture.timer.advance(Duration.ofMinutes(1));
		assertThat(this.fixture.registry.instances).containsEntry("i-1", ReconcilerFixture.INSTANCE);
	}

	@Test
	void correctsARecurringDeviationOnce() {
		this.fixture.withoutLeases().registered();
		for (int i = 0; i < 5; i++) {
			this.fixture.registry.instances.put("i-1", with(Map.of("kept", "otherwise")));
			this.fixture.timer.advance(Duration.ofMinutes(1));
		}
		assertThat(this.fixture.calls()).filteredOn("register i-1"::equals).hasSize(2);
	}

	@Test
	void staysRegisteredIfTheRegistryRefusesToShowIt() {
		this.fixture.withoutLeases().registered();
		this.fixture.registry.failure = new DiscoveryException("not allowed GetInstance");
		this.fixture.timer.advance(Duration.ofMinutes(3));
		assertThat(this.reconciler.state().problem()).isNull();
		assertThat(this.fixture.phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void registersAChangedInstanceAgain() {
		InstanceRegistration[] wanted = { ReconcilerFixture.INSTANCE };
		this.reconciler.register(() -> wanted[0]);
		wanted[0] = with(Map.of("version", "2"));
		assertThat(this.reconciler.update()).isCompleted();
		assertThat(this.fixture.calls()).containsExactly("register i-1", "register i-1");
		assertThat(this.fixture.registry.instances).containsEntry("i-1", wanted[0]);
		this.reconciler.update();
		assertThat(this.fixture.calls()).isEmpty();
	}

	@Test
	void deregistersTheInstanceWithTheFormerId() {
		InstanceRegistration[] wanted = { ReconcilerFixture.INSTANCE };
		this.reconciler.register(() -> wanted[0]);
		wanted[0] = ReconcilerFixture.INSTANCE.withId("i-2");
		this.reconciler.update();
		assertThat(this.fixture.registry.instances).containsOnlyKeys("i-2");
	}

	@Test
	void doesNotUpdateBeforeTheRegistration() {
		this.reconciler.update();
		this.reconciler.report(SICK);
		assertThat(this.fixture.calls()).isEmpty();
	}

	@Test
	void makesNoCallsAfterTheDeregistration() {
		this.fixture.registered();
		assertThat(this.reconciler.deregister()).isCompleted();
		this.reconciler.report(SICK);
		this.reconciler.update();
		this.fixture.timer.advance(Duration.ofMinutes(2));
		assertThat(this.fixture.calls()).containsExactly("register i-1", "deregister i-1");
		assertThat(this.fixture.phase()).isEqualTo(Phase.DEREGISTERED);
	}

	@Test
	void deregistersAnInstanceWhoseRegistrationFailed() {
		this.fixture.registry.failure = new RegistryUnavailableException("away", null);
		this.reconciler.register(() -> ReconcilerFixture.INSTANCE);
		this.fixture.registry.failure = null;
		this.reconciler.deregister();
		this.fixture.timer.advance(Duration.ofMinutes(2));
		assertThat(this.fixture.calls()).containsExactly("register i-1", "deregister i-1");
	}

	@Test
	void makesNoCallToDeregisterAnUnregisteredInstance() {
		assertThat(this.reconciler.deregister()).isCompleted();
		assertThat(this.fixture.calls()).isEmpty();
	}

	@Test
	void repeatsADeregistrationThatFailed() {
		this.fixture.withoutLeases().registered();
		this.fixture.registry.failure = new RegistryUnavailableException("throttled", null);
		CompletableFuture<Boolean> gone = this.reconciler.deregister();
		assertThat(gone).isNotDone();
		assertThat(this.reconciler.state().problem()).isEqualTo("throttled");
		this.fixture.registry.failure = null;
		this.fixture.timer.advance(Duration.ofSeconds(2));
		assertThat(gone).isCompleted();
		assertThat(this.fixture.registry.instances).isEmpty();
		assertThat(this.reconciler.state().problem()).isNull();
	}

	@Test
	void doesNotRepeatADeregistrationIfTheLeaseEnds() {
		this.fixture.registered();
		this.fixture.registry.failure = new RegistryUnavailableException("away", null);
		assertThat(this.reconciler.deregister()).isCompletedExceptionally();
	}

	@Test
	void doesNotRepeatADeregistrationThatIsRefused() {
		this.fixture.withoutLeases().registered();
		this.fixture.registry.failure = new DiscoveryException("not allowed DeregisterInstance");
		assertThat(this.reconciler.deregister()).isCompletedExceptionally();
		assertThat(this.reconciler.state().problem()).isEqualTo("not allowed DeregisterInstance");
	}

	@Test
	void logsEachCauseOfAFailureOnce(CapturedOutput output) {
		this.fixture.withoutLeases();
		for (String cause : List.of("no route to host", "throttled", "no route to host")) {
			this.fixture.registry.failure = new RegistryUnavailableException(cause, null);
			this.reconciler.register(() -> ReconcilerFixture.INSTANCE);
			this.fixture.timer.advance(Duration.ofMinutes(1));
		}
		assertThat(output).containsOnlyOnce("no route to host").containsOnlyOnce("throttled");
		this.fixture.registry.failure = null;
		this.fixture.timer.advance(Duration.ofSeconds(40));
		this.fixture.registry.failure = new RegistryUnavailableException("throttled", null);
		this.reconciler.report(SICK);
		assertThat(output.toString().split("throttled", -1)).hasSize(3);
	}

	@Test
	void registersAgainAfterDeregistration() {
		this.fixture.registered();
		this.reconciler.deregister();
		this.fixture.registered();
		assertThat(this.fixture.phase()).isEqualTo(Phase.REGISTERED);
		assertThat(this.fixture.calls()).containsExactly("register i-1", "deregister i-1", "register i-1");
	}

	@Test
	void doesNotRepeatARegistrationWithoutAPort() {
		assertThat(this.reconciler.register(() -> {
			throw NothingToRegisterException.noPort();
		})).isCompletedExceptionally();
		assertThat(this.fixture.phase()).isEqualTo(Phase.WAITING);
		assertThat(this.reconciler.state().problem()).contains("discovery.registration.port");
		this.fixture.timer.advance(Duration.ofMinutes(1));
		assertThat(this.fixture.calls()).isEmpty();
	}

	@Test
	void repeatsAfterAnErrorOfABean() {
		boolean[] broken = { true };
		Supplier<InstanceRegistration> wanted = () -> {
			if (broken[0]) {
				throw new NoClassDefFoundError("gone");
			}
			return ReconcilerFixture.INSTANCE;
		};
		assertThat(this.reconciler.register(wanted)).isCompletedExceptionally();
		assertThat(this.reconciler.state().problem()).contains("NoClassDefFoundError");
		assertThat(this.fixture.phase()).isEqualTo(Phase.FAILED);
		broken[0] = false;
		this.fixture.timer.advance(Duration.ofSeconds(2));
		assertThat(this.fixture.phase()).isEqualTo(Phase.REGISTERED);
		broken[0] = true;
		this.fixture.timer.advance(Duration.ofSeconds(20));
		broken[0] = false;
		this.fixture.calls();
		this.fixture.timer.advance(Duration.ofSeconds(5));
		assertThat(this.fixture.calls()).isNotEmpty().containsOnly("HEALTHY i-1");
	}

	@ParameterizedTest
	@ValueSource(longs = { -1, 1 })
	void doesNotDependOnTheWallClock(long hours) {
		this.fixture.registered();
		this.fixture.registry.healthyPeers = Set.of("i-2");
		this.fixture.calls();
		this.fixture.timer.setClock(Duration.ofHours(hours));
		this.fixture.timer.advance(Duration.ofSeconds(5));
		assertThat(this.fixture.calls()).containsExactly("HEALTHY i-1");
		this.reconciler.report(SICK);
		this.fixture.timer.setClock(Duration.ofHours(hours));
		this.fixture.timer.advance(Duration.ofSeconds(119));
		assertThat(this.fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		this.fixture.timer.advance(Duration.ofSeconds(1));
		assertThat(this.fixture.phase()).isEqualTo(Phase.WITHDRAWN);
	}

	@Test
	void correctsADeviationThatReturnsLater() {
		this.fixture.withoutLeases().registered();
		for (int i = 0; i < 2; i++) {
			this.fixture.registry.instances.put("i-1", with(Map.of("foreign", "true")));
			this.fixture.timer.advance(Duration.ofMinutes(1));
			assertThat(this.fixture.registry.instances).containsEntry("i-1", ReconcilerFixture.INSTANCE);
			this.fixture.timer.advance(Duration.ofMinutes(1));
		}
	}

	@Test
	void repeatsACorrectionThatFailed() {
		ReconcilerFixture throttled = ReconcilerFixture.with(new FakeRegistry() {

			private int registrations;

			@Override
			public void register(InstanceRegistration registration) {
				if (++this.registrations == 2) {
					throw new RegistryUnavailableException("throttled", null);
				}
				super.register(registration);
			}

		}).withoutLeases().registered();
		throttled.registry.instances.put("i-1", with(Map.of("foreign", "true")));
		throttled.timer.advance(Duration.ofMinutes(1));
		throttled.timer.advance(Duration.ofSeconds(2));
		assertThat(throttled.registry.instances).containsEntry("i-1", ReconcilerFixture.INSTANCE);
		assertThat(throttled.reconciler.state().problem()).isNull();
	}

	@Test
	void failsWhenTheApplicationIsStopping() {
		RegistrationReconciler stopped = new RegistrationReconciler(this.fixture.registry, Duration.ofSeconds(15),
				Duration.ofMinutes(1), null, new UnhealthyPolicy(Action.UNHEALTHY, Duration.ofMinutes(2)), (task) -> {
					throw new RejectedExecutionException();
				}, this.fixture.timer, this.fixture.states::add);
		assertThat(List.of(stopped.register(() -> ReconcilerFixture.INSTANCE), stopped.deregister()))
			.allSatisfy((future) -> assertThat(future).isCompletedExceptionally());
	}

	private static InstanceRegistration with(Map<String, String> attributes) {
		return ReconcilerFixture.INSTANCE.with(attributes);
	}

}
