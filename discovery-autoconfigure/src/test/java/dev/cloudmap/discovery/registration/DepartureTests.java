package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.cloud.client.serviceregistry.RegistrationLifecycle;
import org.springframework.core.ResolvableType;

import dev.cloudmap.discovery.RegistryUnavailableException;

import static org.assertj.core.api.Assertions.assertThat;

class DepartureTests {

	private static final Duration DRAIN = Duration.ofSeconds(5);

	private final AtomicInteger ended = new AtomicInteger();

	@Test
	void servesUntilTheDrainIsOver() {
		ActorFixture fixture = ActorFixture.unhealthyFirst().registered();
		leave(fixture);
		assertThat(fixture.registry.instances).isEmpty();
		fixture.timer.advance(DRAIN.minusMillis(1));
		assertThat(this.ended).hasValue(0);
		fixture.timer.advance(Duration.ofMillis(1));
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void nobodyWaitsWhereNobodyCalls() {
		ActorFixture fixture = ActorFixture.unhealthyFirst();
		leave(fixture);
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void nobodyWaitsForCallersWhoAreNotTold() {
		ActorFixture fixture = ActorFixture.unhealthyFirst().registered();
		fixture.registry.failure = new RegistryUnavailableException("away", null);
		leave(fixture);
		assertThat(this.ended).hasValue(1);
		assertThat(fixture.actor.state().problem()).isEqualTo("away");
	}

	@Test
	void whatWasTakenOutAMomentAgoIsStillServed() {
		ActorFixture fixture = ActorFixture.deregisteredAtOnce().registered();
		fixture.registry.healthyPeers = Set.of("i-2");
		fixture.actor.report(ActorFixture.SICK);
		fixture.timer.advance(Duration.ofSeconds(2));
		leave(fixture);
		fixture.timer.advance(Duration.ofMillis(2999));
		assertThat(this.ended).hasValue(0);
		fixture.timer.advance(Duration.ofMillis(1));
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void whatWasTakenOutLongAgoIsNot() {
		ActorFixture fixture = ActorFixture.deregisteredAtOnce().registered();
		fixture.registry.healthyPeers = Set.of("i-2");
		fixture.actor.report(ActorFixture.SICK);
		fixture.timer.advance(DRAIN);
		leave(fixture);
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void aRegistryThatIsAwayIsWaitedForTenSecondsAtMost() {
		ActorFixture fixture = ActorFixture.unhealthyFirst().withoutLeases().registered();
		fixture.registry.failure = new RegistryUnavailableException("away", null);
		leave(fixture);
		fixture.timer.advance(Departure.DEREGISTRATION_TIMEOUT.minusMillis(1));
		assertThat(this.ended).hasValue(0);
		fixture.timer.advance(Duration.ofMillis(1));
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void whatTheRegistryHasBegunToTakeOutIsServedThoughItIsSlow() {
		List<Runnable> waiting = new ArrayList<>();
		ActorFixture fixture = ActorFixture.unhealthyFirst().registered();
		fixture.executor = waiting::add;
		leave(fixture);
		fixture.timer.advance(Departure.DEREGISTRATION_TIMEOUT.plus(DRAIN).minusMillis(1));
		assertThat(this.ended).hasValue(0);
		fixture.timer.advance(Duration.ofMillis(1));
		assertThat(this.ended).hasValue(1);
		assertThat(waiting).isNotEmpty();
	}

	private void leave(ActorFixture fixture) {
		DiscoveryRegistration registration = new DiscoveryRegistration(new InstanceRegistrationFactory(
				new RegistrationSettings(ActorFixture.INSTANCE.service(), null, ActorFixture.INSTANCE.definition(),
						Duration.ofSeconds(15)),
				ServerPort.of("80"), new HostChain(List.of(), IpFamily.IPV4, Reach.NETWORK), List.of(), null));
		RegistrationEvents events = new RegistrationEvents((event) -> {
		}, new StaticListableBeanFactory().getBeanProvider(
				ResolvableType.forClassWithGenerics(RegistrationLifecycle.class, DiscoveryRegistration.class)),
				registration);
		new Departure(fixture.registry, fixture.actor, events, fixture.timer,
				new Drain(DRAIN, Duration.ofSeconds(10), Duration.ofSeconds(5)))
			.begin(this.ended::incrementAndGet);
	}

}
