package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.serviceregistry.RegistrationLifecycle;

import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registration.host.HostChain;
import dev.cloudmap.discovery.registration.host.IpFamily;
import dev.cloudmap.discovery.registration.host.NetworkScope;
import dev.cloudmap.discovery.registration.instance.InstanceRegistrationFactory;
import dev.cloudmap.discovery.registration.instance.RegistrationSettings;
import dev.cloudmap.discovery.registration.instance.ServerPort;
import dev.cloudmap.discovery.registration.reconcile.ReconcilerFixture;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class GracefulDeregistrationTests {

	private static final Duration DRAIN = Duration.ofSeconds(5);

	private final AtomicInteger ended = new AtomicInteger();

	private final List<String> hooks = new ArrayList<>();

	private boolean failing;

	private Drain drain = new Drain(DRAIN, Duration.ofSeconds(10), Duration.ofSeconds(5));

	@Test
	void servesUntilTheDrainIsOver() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().registered();
		leave(fixture);
		assertThat(fixture.registry.instances).isEmpty();
		fixture.timer.advance(DRAIN.minusMillis(1));
		assertThat(this.ended).hasValue(0);
		fixture.timer.advance(Duration.ofMillis(1));
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void doesNotDrainAnUnregisteredApplication() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy();
		leave(fixture);
		assertThat(this.ended).hasValue(1);
	}

	@Nested
	class WithDerivedDrain {

		WithDerivedDrain() {
			GracefulDeregistrationTests.this.drain = new Drain(null, Duration.ofSeconds(10), Duration.ofSeconds(5));
		}

		@Test
		void doesNotDrainWithoutOtherApplications() {
			ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().registered();
			fixture.registry.knowsOthers = false;
			leave(fixture);
			assertThat(GracefulDeregistrationTests.this.ended).hasValue(1);
			assertThat(fixture.registry.instances).isEmpty();
			assertThat(fixture.timer.waiting()).isZero();
		}

		@Test
		void drainsWithOtherApplications() {
			ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().registered();
			leave(fixture);
			assertThat(GracefulDeregistrationTests.this.ended).hasValue(0);
			fixture.timer.advance(Duration.ofSeconds(15));
			assertThat(GracefulDeregistrationTests.this.ended).hasValue(1);
		}

		@Test
		void drainsIfOtherApplicationsAreUnknown() {
			ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().registered();
			fixture.registry.knowsOthers = null;
			leave(fixture);
			assertThat(GracefulDeregistrationTests.this.ended).hasValue(0);
			fixture.timer.advance(Duration.ofSeconds(15));
			assertThat(GracefulDeregistrationTests.this.ended).hasValue(1);
		}

	}

	@Test
	void usesAConfiguredDrainWithoutOtherApplications() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().registered();
		fixture.registry.knowsOthers = false;
		leave(fixture);
		assertThat(this.ended).hasValue(0);
		fixture.timer.advance(DRAIN);
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void drainsAfterARegistrationThatMayHaveSucceeded() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy();
		fixture.registry.failure = new RegistryUnavailableException("timed out", null);
		fixture.registered();
		fixture.registry.failure = null;
		leave(fixture);
		assertThat(this.ended).hasValue(0);
		fixture.timer.advance(DRAIN);
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void drainsForTheRestAfterAManualDeregistration() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().registered();
		fixture.reconciler.deregister();
		fixture.timer.advance(Duration.ofSeconds(2));
		leave(fixture);
		fixture.timer.advance(Duration.ofMillis(2999));
		assertThat(this.ended).hasValue(0);
		fixture.timer.advance(Duration.ofMillis(1));
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void drainsAnUnhealthyInstance() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().registered();
		// as when a signal changes the readiness to refusing traffic
		fixture.reconciler.report(ReconcilerFixture.SICK);
		leave(fixture);
		fixture.timer.advance(DRAIN.minusMillis(1));
		assertThat(this.ended).hasValue(0);
		fixture.timer.advance(Duration.ofMillis(1));
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void drainsAnInstanceThatWasJustDeregisteredAsUnhealthy() {
		ReconcilerFixture fixture = ReconcilerFixture.deregisteringUnhealthy().registered();
		fixture.registry.healthyPeers = Set.of("i-2");
		fixture.reconciler.report(ReconcilerFixture.SICK);
		leave(fixture);
		fixture.timer.advance(DRAIN.minusMillis(1));
		assertThat(this.ended).hasValue(0);
		fixture.timer.advance(Duration.ofMillis(1));
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void doesNotDependOnTheWallClock() {
		ReconcilerFixture fixture = ReconcilerFixture.deregisteringUnhealthy().registered();
		fixture.registry.healthyPeers = Set.of("i-2");
		fixture.reconciler.report(ReconcilerFixture.SICK);
		fixture.timer.setClock(Duration.ofHours(-1));
		leave(fixture);
		fixture.timer.advance(DRAIN);
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void waitsTenSecondsAtMostForListenersOnTheExecutor() {
		List<Runnable> waiting = new ArrayList<>();
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().registered();
		fixture.executor = waiting::add;
		leave(fixture);
		assertThat(this.hooks).isEmpty();
		waiting.get(0).run();
		waiting.get(1).run();
		assertThat(this.hooks).containsExactly("before");
		fixture.timer.advance(DRAIN);
		assertThat(this.ended).hasValue(0);
		fixture.timer.advance(GracefulDeregistration.DEREGISTRATION_TIMEOUT.minus(DRAIN));
		assertThat(this.ended).hasValue(1);
		waiting.get(2).run();
		assertThat(this.hooks).containsExactly("before", "after");
	}

	@Test
	void deregistersThoughAListenerFails() {
		this.failing = true;
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().registered();
		leave(fixture);
		assertThat(this.hooks).containsExactly("before", "after");
		assertThat(fixture.registry.instances).isEmpty();
		fixture.timer.advance(DRAIN);
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void doesNotDrainIfTheDeregistrationFails() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().registered();
		fixture.registry.failure = new RegistryUnavailableException("away", null);
		leave(fixture);
		assertThat(this.ended).hasValue(1);
		assertThat(fixture.reconciler.state().problem()).isEqualTo("away");
	}

	@Test
	void drainsForTheRestAfterADeregistrationAsUnhealthy() {
		ReconcilerFixture fixture = ReconcilerFixture.deregisteringUnhealthy().registered();
		fixture.registry.healthyPeers = Set.of("i-2");
		fixture.reconciler.report(ReconcilerFixture.SICK);
		fixture.timer.advance(Duration.ofSeconds(2));
		leave(fixture);
		fixture.timer.advance(Duration.ofMillis(2999));
		assertThat(this.ended).hasValue(0);
		fixture.timer.advance(Duration.ofMillis(1));
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void doesNotDrainLongAfterADeregistration() {
		ReconcilerFixture fixture = ReconcilerFixture.deregisteringUnhealthy().registered();
		fixture.registry.healthyPeers = Set.of("i-2");
		fixture.reconciler.report(ReconcilerFixture.SICK);
		fixture.timer.advance(DRAIN);
		leave(fixture);
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void waitsTenSecondsAtMostForTheRegistry() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().withoutLeases().registered();
		fixture.registry.failure = new RegistryUnavailableException("away", null);
		leave(fixture);
		fixture.timer.advance(GracefulDeregistration.DEREGISTRATION_TIMEOUT.minusMillis(1));
		assertThat(this.ended).hasValue(0);
		fixture.timer.advance(Duration.ofMillis(1));
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void stopsSoonIfTheRegistrationFailed() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().withoutLeases();
		fixture.registry.failure = new RegistryUnavailableException("unavailable", null);
		fixture.registered();
		leave(fixture);
		fixture.timer.advance(GracefulDeregistration.UNREGISTERED_TIMEOUT);
		assertThat(this.ended).hasValue(1);
	}

	@Test
	void drainsIfTheRegistryIsSlow() {
		List<Runnable> waiting = new ArrayList<>();
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().registered();
		fixture.executor = waiting::add;
		leave(fixture);
		fixture.timer.advance(GracefulDeregistration.DEREGISTRATION_TIMEOUT.plus(DRAIN).minusMillis(1));
		assertThat(this.ended).hasValue(0);
		fixture.timer.advance(Duration.ofMillis(1));
		assertThat(this.ended).hasValue(1);
		assertThat(waiting).isNotEmpty();
	}

	@Test
	void slowRegistryIsLoggedWithoutAnExceptionName(CapturedOutput output) {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy();
		fixture.executor = (task) -> {
		};
		fixture.registered();
		leave(fixture);
		fixture.timer.advance(GracefulDeregistration.DEREGISTRATION_TIMEOUT.plus(DRAIN));
		assertThat(this.ended).hasValue(1);
		assertThat(output).contains("so without waiting for callers: the registry has not answered within 10 s")
			.doesNotContain("Exception");
	}

	private void leave(ReconcilerFixture fixture) {
		DiscoveryRegistration registration = new DiscoveryRegistration(new InstanceRegistrationFactory(
				new RegistrationSettings(ReconcilerFixture.INSTANCE::service, null,
						ReconcilerFixture.INSTANCE.definition(), Duration.ofSeconds(15)),
				ServerPort.of("80"), new HostChain(List.of(), IpFamily.IPV4, NetworkScope.NETWORK), List::of, null));
		RegistrationEvents events = new RegistrationEvents((event) -> {
		}, () -> List.of(new Hooks()), registration, Runnable::run);
		new GracefulDeregistration(fixture.registry, fixture.reconciler, events, fixture.timer, this.drain)
			.begin(this.ended::incrementAndGet);
	}

	private final class Hooks implements RegistrationLifecycle<DiscoveryRegistration> {

		@Override
		public void postProcessBeforeStartRegister(DiscoveryRegistration registration) {
			called("before start");
		}

		@Override
		public void postProcessAfterStartRegister(DiscoveryRegistration registration) {
			called("after start");
		}

		@Override
		public void postProcessBeforeStopRegister(DiscoveryRegistration registration) {
			called("before");
		}

		@Override
		public void postProcessAfterStopRegister(DiscoveryRegistration registration) {
			called("after");
		}

		private void called(String hook) {
			GracefulDeregistrationTests.this.hooks.add(hook);
			if (GracefulDeregistrationTests.this.failing) {
				throw new NoClassDefFoundError(hook);
			}
		}

	}

}
