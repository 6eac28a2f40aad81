package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.NothingToRegisterException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registration.RegistrationState.Phase;
import dev.cloudmap.discovery.registration.UnhealthyPolicy.Action;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.InstanceRegistration;

import static dev.cloudmap.discovery.registration.ActorFixture.SICK;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Registering, staying registered, and leaving.
 */
class RegistrationActorTests {

	private final ActorFixture fixture = ActorFixture.unhealthyFirst();

	private final RegistrationActor actor = this.fixture.actor;

	@Test
	void registersAndRenewsTheLeaseMoreThanThriceWithinIt() {
		assertThat(this.fixture.phase()).isEqualTo(Phase.WAITING);
		assertThat(this.actor.register(() -> ActorFixture.INSTANCE)).isCompleted();
		assertThat(this.fixture.phase()).isEqualTo(Phase.REGISTERED);
		assertThat(this.fixture.calls()).containsExactly("register i-1");
		// every 4 s at the latest, though a third of the lease is 5 s
		for (int i = 0; i < 3; i++) {
			this.fixture.timer.advance(Duration.ofSeconds(4));
			assertThat(this.fixture.calls()).isNotEmpty().containsOnly("HEALTHY i-1");
		}
	}

	@Test
	void doesNotRenewWhereThereAreNoLeasesButLooksWhetherItIsStillThere() {
		this.fixture.withoutLeases().registered();
		this.fixture.calls();
		this.fixture.timer.advance(Duration.ofMinutes(5));
		assertThat(this.fixture.calls()).hasSizeBetween(5, 6).containsOnly("attributes i-1");
	}

	@Test
	void triesAgainUntilTheRegistryIsThere() {
		this.fixture.withoutLeases();
		this.fixture.registry.failure = new RegistryUnavailableException("away", null);
		assertThat(this.actor.register(() -> ActorFixture.INSTANCE)).isCompletedExceptionally();
		assertThat(this.actor.state()).satisfies((state) -> {
			assertThat(state.phase()).isEqualTo(Phase.FAILED);
			assertThat(state.problem()).isEqualTo("away");
			assertThat(state.instance()).isEqualTo(ActorFixture.INSTANCE);
		});
		this.fixture.timer.advance(Duration.ofMinutes(2));
		// 1, 2, 4, 8, 16, then every 30 s
		assertThat(this.fixture.calls()).hasSizeBetween(7, 9).containsOnly("register i-1");
		this.fixture.registry.failure = null;
		this.fixture.timer.advance(Duration.ofSeconds(34));
		assertThat(this.actor.state()).satisfies((state) -> {
			assertThat(state.phase()).isEqualTo(Phase.REGISTERED);
			assertThat(state.problem()).isNull();
		});
		assertThat(this.fixture.states).extracting(RegistrationState::phase)
			.containsExactly(Phase.REGISTERING, Phase.REGISTERING, Phase.FAILED, Phase.REGISTERED);
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 15, 31, 3600 })
	void registersAgainWithinFiveSecondsWithARegistryThatCameBackEmptyAfterAnOutage(long lease) {
		ActorFixture leased = ActorFixture.leasedFor(Duration.ofSeconds(lease)).registered();
		leased.registry.failure = new RegistryUnavailableException("away", null);
		leased.timer.advance(Duration.ofSeconds(30));
		assertThat(leased.actor.state().problem()).isEqualTo("away");
		assertThat(leased.phase()).isEqualTo(Phase.REGISTERED);
		leased.registry.failure = null;
		leased.registry.instances.clear();
		// half of the time for which callers hold what is lost at once
		leased.timer.advance(Duration.ofSeconds(5));
		assertThat(leased.registry.instances).containsKey("i-1");
		assertThat(leased.actor.state().problem()).isNull();
		assertThat(leased.phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void registersAgainWhatSomebodyHasTakenOut() {
		this.fixture.withoutLeases().registered();
		this.fixture.registry.instances.clear();
		this.fixture.timer.advance(Duration.ofMinutes(1));
		assertThat(this.fixture.registry.instances).containsKey("i-1");
	}

	@Test
	void correctsWhatSomebodyHasOverwritten() {
		this.fixture.withoutLeases().registered();
		this.fixture.registry.instances.put("i-1", with(Map.of("foreign", "true")));
		this.fixture.timer.advance(Duration.ofMinutes(1));
		assertThat(this.fixture.registry.instances).containsEntry("i-1", ActorFixture.INSTANCE);
	}

	@Test
	void doesNotCorrectOverAndOverWhatTheRegistryKeepsOtherwise() {
		this.fixture.withoutLeases().registered();
		for (int i = 0; i < 5; i++) {
			this.fixture.registry.instances.put("i-1", with(Map.of("kept", "otherwise")));
			this.fixture.timer.advance(Duration.ofMinutes(1));
		}
		assertThat(this.fixture.calls()).filteredOn("register i-1"::equals).hasSize(2);
	}

	@Test
	void aRegistryThatDoesNotLetItLookIsNoProblem() {
		this.fixture.withoutLeases().registered();
		this.fixture.registry.failure = new DiscoveryException("not allowed GetInstance");
		this.fixture.timer.advance(Duration.ofMinutes(3));
		assertThat(this.actor.state().problem()).isNull();
		assertThat(this.fixture.phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void aChangeOfWhatIsRegisteredReplacesIt() {
		InstanceRegistration[] wanted = { ActorFixture.INSTANCE };
		this.actor.register(() -> wanted[0]);
		wanted[0] = with(Map.of("version", "2"));
		assertThat(this.actor.update()).isCompleted();
		assertThat(this.fixture.calls()).containsExactly("register i-1", "register i-1");
		assertThat(this.fixture.registry.instances).containsEntry("i-1", wanted[0]);
		this.actor.update();
		assertThat(this.fixture.calls()).isEmpty();
	}

	@Test
	void anInstanceUnderAnotherIdTakesThePlaceOfTheFirst() {
		InstanceRegistration[] wanted = { ActorFixture.INSTANCE };
		this.actor.register(() -> wanted[0]);
		wanted[0] = ActorFixture.INSTANCE.withId("i-2");
		this.actor.update();
		assertThat(this.fixture.registry.instances).containsOnlyKeys("i-2");
	}

	@Test
	void nothingIsUpdatedThatIsNotToBeRegistered() {
		this.actor.update();
		this.actor.report(SICK);
		assertThat(this.fixture.calls()).isEmpty();
	}

	@Test
	void nothingIsSaidAfterDeregistration() {
		this.fixture.registered();
		assertThat(this.actor.deregister()).isCompleted();
		this.actor.report(SICK);
		this.actor.update();
		this.fixture.timer.advance(Duration.ofMinutes(2));
		assertThat(this.fixture.calls()).containsExactly("register i-1", "deregister i-1");
		assertThat(this.fixture.phase()).isEqualTo(Phase.DEREGISTERED);
	}

	@Test
	void aRetryDoesNotComeAfterDeregistrationButWhatMayHaveBeenAcceptedIsTakenOut() {
		this.fixture.registry.failure = new RegistryUnavailableException("away", null);
		this.actor.register(() -> ActorFixture.INSTANCE);
		this.fixture.registry.failure = null;
		this.actor.deregister();
		this.fixture.timer.advance(Duration.ofMinutes(2));
		assertThat(this.fixture.calls()).containsExactly("register i-1", "deregister i-1");
	}

	@Test
	void deregistersWithoutACallWhatWasNeverRegistered() {
		assertThat(this.actor.deregister()).isCompleted();
		assertThat(this.fixture.calls()).isEmpty();
	}

	@Test
	void triesToLeaveAgainWhereNoLeaseTakesItOut() {
		this.fixture.withoutLeases().registered();
		this.fixture.registry.failure = new RegistryUnavailableException("throttled", null);
		CompletableFuture<Boolean> gone = this.actor.deregister();
		assertThat(gone).isNotDone();
		assertThat(this.actor.state().problem()).isEqualTo("throttled");
		this.fixture.registry.failure = null;
		this.fixture.timer.advance(Duration.ofSeconds(2));
		assertThat(gone).isCompleted();
		assertThat(this.fixture.registry.instances).isEmpty();
		assertThat(this.actor.state().problem()).isNull();
	}

	@Test
	void nobodyWaitsForARegistryThatIsAwayAndWhoseLeaseEnds() {
		this.fixture.registered();
		this.fixture.registry.failure = new RegistryUnavailableException("away", null);
		assertThat(this.actor.deregister()).isCompletedExceptionally();
	}

	@Test
	void nobodyWaitsForARegistryThatRefusesToLetGo() {
		this.fixture.withoutLeases().registered();
		this.fixture.registry.failure = new DiscoveryException("not allowed DeregisterInstance");
		assertThat(this.actor.deregister()).isCompletedExceptionally();
		assertThat(this.actor.state().problem()).isEqualTo("not allowed DeregisterInstance");
	}

	@Test
	void registersAgainAfterDeregistration() {
		this.fixture.registered();
		this.actor.deregister();
		this.fixture.registered();
		assertThat(this.fixture.phase()).isEqualTo(Phase.REGISTERED);
		assertThat(this.fixture.calls()).containsExactly("register i-1", "deregister i-1", "register i-1");
	}

	@Test
	void whatHasNoPortIsNotTriedAgain() {
		assertThat(this.actor.register(() -> {
			throw NothingToRegisterException.noPort();
		})).isCompletedExceptionally();
		assertThat(this.fixture.phase()).isEqualTo(Phase.WAITING);
		assertThat(this.actor.state().problem()).contains("discovery.registration.port");
		this.fixture.timer.advance(Duration.ofMinutes(1));
		assertThat(this.fixture.calls()).isEmpty();
	}

	@Test
	void anErrorIsTriedAgainAsAnyFailure() {
		boolean[] broken = { true };
		Supplier<InstanceRegistration> wanted = () -> {
			if (broken[0]) {
				throw new NoClassDefFoundError("gone");
			}
			return ActorFixture.INSTANCE;
		};
		assertThat(this.actor.register(wanted)).isCompletedExceptionally();
		assertThat(this.actor.state().problem()).contains("NoClassDefFoundError");
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
	void aClockThatIsSetChangesNothing(long hours) {
		this.fixture.registered();
		this.fixture.registry.healthyPeers = Set.of("i-2");
		this.fixture.calls();
		this.fixture.timer.setClock(Duration.ofHours(hours));
		this.fixture.timer.advance(Duration.ofSeconds(5));
		assertThat(this.fixture.calls()).containsExactly("HEALTHY i-1");
		this.actor.report(SICK);
		this.fixture.timer.setClock(Duration.ofHours(hours));
		this.fixture.timer.advance(Duration.ofSeconds(119));
		assertThat(this.fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		this.fixture.timer.advance(Duration.ofSeconds(1));
		assertThat(this.fixture.phase()).isEqualTo(Phase.WITHDRAWN);
	}

	@Test
	void correctsTheSameAgainWhenItWasRightMeanwhile() {
		this.fixture.withoutLeases().registered();
		for (int i = 0; i < 2; i++) {
			this.fixture.registry.instances.put("i-1", with(Map.of("foreign", "true")));
			this.fixture.timer.advance(Duration.ofMinutes(1));
			assertThat(this.fixture.registry.instances).containsEntry("i-1", ActorFixture.INSTANCE);
			this.fixture.timer.advance(Duration.ofMinutes(1));
		}
	}

	@Test
	void aCorrectionThatFailsIsTriedAgain() {
		ActorFixture throttled = ActorFixture.on(new FakeRegistry() {

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
		assertThat(throttled.registry.instances).containsEntry("i-1", ActorFixture.INSTANCE);
		assertThat(throttled.actor.state().problem()).isNull();
	}

	@Test
	void saysThatItIsStoppingWhenItsThreadIsGone() {
		RegistrationActor stopped = new RegistrationActor(
				new RegistryEntry(this.fixture.registry, this.fixture.timer, Duration.ofSeconds(15),
						Duration.ofMinutes(1), null),
				new UnhealthyPolicy(Action.UNHEALTHY, Duration.ofMinutes(2)), (task) -> {
					throw new RejectedExecutionException();
				}, this.fixture.timer, this.fixture.states::add);
		assertThat(List.of(stopped.register(() -> ActorFixture.INSTANCE), stopped.deregister()))
			.allSatisfy((future) -> assertThat(future).isCompletedExceptionally());
	}

	private static InstanceRegistration with(Map<String, String> attributes) {
		return ActorFixture.INSTANCE.with(attributes);
	}

}
