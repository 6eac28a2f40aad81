package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.AvailabilityState;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationProperties;
import org.springframework.context.support.GenericApplicationContext;

import dev.cloudmap.discovery.lifecycle.AvailabilityListener;
import dev.cloudmap.discovery.lifecycle.HostServer;
import dev.cloudmap.discovery.registration.health.ApplicationHealth;
import dev.cloudmap.discovery.registration.health.HealthMonitor;
import dev.cloudmap.discovery.registration.health.HealthMonitorSettings;
import dev.cloudmap.discovery.registration.health.HealthMonitorSettings.SlowCheck;
import dev.cloudmap.discovery.registration.health.HealthProbe;
import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registration.host.HostChain;
import dev.cloudmap.discovery.registration.host.HostResolution;
import dev.cloudmap.discovery.registration.host.IpFamily;
import dev.cloudmap.discovery.registration.host.NetworkScope;
import dev.cloudmap.discovery.registration.instance.InstanceRegistrationFactory;
import dev.cloudmap.discovery.registration.instance.RegistrationSettings;
import dev.cloudmap.discovery.registration.instance.ServerPort;
import dev.cloudmap.discovery.registration.reconcile.ReconcilerFixture;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Automatic registration with start, stop and readiness in any order.
 */
class AutoRegistrationTests {

	private final ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy();

	private final GenericApplicationContext context = new GenericApplicationContext();

	private final ApplicationAvailabilityBean availability = new ApplicationAvailabilityBean() {

		@Override
		public <S extends AvailabilityState> @Nullable AvailabilityChangeEvent<S> getLastChangeEvent(
				Class<S> stateType) {
			if (AutoRegistrationTests.this.availabilityFailure != null) {
				throw AutoRegistrationTests.this.availabilityFailure;
			}
			return super.getLastChangeEvent(stateType);
		}

	};

	private @Nullable RuntimeException availabilityFailure;

	private final List<Object> events = new ArrayList<>();

	private final ServerPort port = ServerPort.of(null);

	private final ServingContext serving = new ServingContext(this.context, this.port, (context) -> false);

	private final DiscoveryRegistration registration = new DiscoveryRegistration(new InstanceRegistrationFactory(
			new RegistrationSettings(ReconcilerFixture.INSTANCE::service, null, ReconcilerFixture.INSTANCE.definition(),
					Duration.ofSeconds(15)),
			this.port,
			new HostChain(List.of(() -> HostResolution.of("10.0.0.1", "test")), IpFamily.IPV4, NetworkScope.NETWORK),
			List::of, null));

	private final AutoServiceRegistrationProperties properties = new AutoServiceRegistrationProperties();

	private HealthProbe probe = () -> ReportedHealth.HEALTHY;

	private int stops;

	private final ApplicationHealth health = new ApplicationHealth(this.fixture.reconciler::report);

	private final HealthMonitor monitor = new HealthMonitor(() -> this.probe.check(),
			new HealthMonitorSettings(Duration.ofSeconds(5), 2, 2, SlowCheck.FAILS),
			(task) -> this.fixture.executor.execute(task), this.fixture.timer, this.health::checks);

	private final DiscoveryAutoServiceRegistration auto = auto();

	private final AvailabilityListener listener = new AvailabilityListener(this.availability, this.health, this.serving,
			HostServer.NONE, this.auto);

	AutoRegistrationTests() {
		this.port.listening(8080);
	}

	@Test
	void callsListenersOnTheExecutor() {
		List<Runnable> turns = new ArrayList<>();
		this.fixture.executor = turns::add;
		this.auto.start();
		ready();
		assertThat(this.events).isEmpty();
		turns.remove(0).run();
		assertThat(this.events).hasSize(1);
	}

	@Test
	void registersWhenStartedAgainAfterItBecameReadyWhileStopping() {
		this.auto.start();
		stop();
		ready();
		assertThat(this.fixture.calls()).isEmpty();
		assertThat(this.auto.isRunning()).isFalse();
		this.auto.start();
		this.fixture.timer.advance(Duration.ZERO);
		assertThat(this.fixture.phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void doesNotRegisterIfStoppedDuringTheFirstCheck() {
		this.auto.start();
		this.probe = () -> {
			stop();
			return ReportedHealth.HEALTHY;
		};
		ready();
		this.fixture.timer.advance(Duration.ofMinutes(1));
		assertThat(this.stops).isEqualTo(1);
		assertThat(this.fixture.calls()).isEmpty();
		assertThat(this.fixture.timer.waiting()).isZero();
	}

	@Test
	void stopEndsTheWaitForTheFirstAttempt() throws Exception {
		this.properties.setFailFast(true);
		this.auto.start();
		Thread main = new Thread(this::ready);
		main.setDaemon(true);
		main.start();
		await().atMost(Duration.ofSeconds(30)).until(() -> main.getState() == Thread.State.WAITING);
		stop();
		main.join(Duration.ofSeconds(30).toMillis());
		assertThat(main.isAlive()).isFalse();
		assertThat(this.fixture.calls()).isEmpty();
	}

	@Test
	void registersTheNewPortAfterARestart() {
		this.auto.begin();
		this.fixture.timer.advance(Duration.ZERO);
		assertThat(this.auto.isRunning()).isTrue();
		assertThat(this.fixture.registry.instances).containsOnlyKeys("10-0-0-1-8080");
		stop();
		this.fixture.calls();
		this.port.listening(9090);
		// like a web server that restarts
		this.auto.begin();
		this.auto.start();
		this.fixture.timer.advance(Duration.ZERO);
		assertThat(this.fixture.calls()).containsExactly("register 10-0-0-1-9090");
	}

	@Test
	void deregistersAfterAManualRegistration() {
		this.auto.start();
		this.fixture.registered();
		stop();
		assertThat(this.fixture.registry.instances).isEmpty();
		assertThat(this.stops).isEqualTo(1);
	}

	@Test
	void staysDeregisteredAfterAManualDeregistration() {
		this.auto.start();
		ready();
		this.fixture.timer.advance(Duration.ZERO);
		this.fixture.reconciler.deregister();
		this.fixture.calls();
		publish(this.context, ReadinessState.REFUSING_TRAFFIC);
		ready();
		this.fixture.timer.advance(Duration.ofMinutes(1));
		assertThat(this.fixture.calls()).isEmpty();
		assertThat(this.fixture.phase()).isEqualTo(Phase.DEREGISTERED);
	}

	@Test
	void registersAfterAnEventFromAnySource() {
		this.auto.start();
		publish(this, ReadinessState.ACCEPTING_TRAFFIC);
		this.fixture.timer.advance(Duration.ZERO);
		assertThat(this.fixture.phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void isUnhealthyWhileItRefusesTraffic() {
		registered();
		publish(new Exception("the cache is empty"), ReadinessState.REFUSING_TRAFFIC);
		assertThat(this.fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(this.fixture.reconciler.state().reason()).isEqualTo("readiness is REFUSING_TRAFFIC");
		publish(this, ReadinessState.ACCEPTING_TRAFFIC);
		assertThat(this.fixture.phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void isUnhealthyAndRegisteredWhileItIsBroken() {
		registered();
		this.fixture.registry.healthyPeers = Set.of("i-2");
		publish(this, LivenessState.BROKEN);
		this.fixture.timer.advance(Duration.ofMinutes(10));
		assertThat(this.fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(this.fixture.reconciler.state().reason()).isEqualTo("liveness is BROKEN");
		publish(this, LivenessState.CORRECT);
		assertThat(this.fixture.phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void readsTheAvailabilityOfItsContextInsteadOfTheEvent() {
		registered();
		// as if the ApplicationAvailability of the context ignores the event
		this.listener.onApplicationEvent(new AvailabilityChangeEvent<>(this, ReadinessState.REFUSING_TRAFFIC));
		assertThat(this.fixture.phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void usesAvailabilityThatChangedWithoutAnEvent() {
		registered();
		this.availability.onApplicationEvent(new AvailabilityChangeEvent<>(this, ReadinessState.REFUSING_TRAFFIC));
		this.listener.readAvailability();
		assertThat(this.fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
	}

	@Test
	void keepsTheLastHealthIfTheAvailabilityCannotBeRead() {
		registered();
		publish(this, ReadinessState.REFUSING_TRAFFIC);
		this.availabilityFailure = new IllegalStateException("not now");
		assertThat(this.listener.readAvailability()).isNull();
		this.listener.onApplicationEvent(new AvailabilityChangeEvent<>(this, ReadinessState.ACCEPTING_TRAFFIC));
		assertThat(this.fixture.reconciler.state().reason()).isEqualTo("readiness is REFUSING_TRAFFIC");
		this.availabilityFailure = null;
		publish(this, ReadinessState.ACCEPTING_TRAFFIC);
		assertThat(this.fixture.phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void registersWhenItHasAPort() {
		this.port.listening(-1);
		this.auto.start();
		ready();
		assertThat(this.fixture.phase()).isEqualTo(Phase.WAITING);
		assertThat(this.fixture.reconciler.state().problem()).contains("discovery.registration.port");
		assertThat(this.events).isEmpty();
		this.port.listening(9090);
		ready();
		this.fixture.timer.advance(Duration.ZERO);
		assertThat(this.fixture.registry.instances).containsOnlyKeys("10-0-0-1-9090");
		assertThat(this.fixture.reconciler.state().problem()).isNull();
	}

	@Test
	void toleratesAMissingPortIfAChildMayHaveTheWebServer() {
		this.properties.setFailFast(true);
		this.port.closed();
		this.auto.start();
		this.auto.begin();
		assertThat(this.fixture.reconciler.state().problem()).contains("registered when a web server listens");
	}

	@Test
	void deregistersAChildThatFailedToStart() {
		GenericApplicationContext child = serve(9090);
		this.fixture.timer.advance(Duration.ZERO);
		assertThat(this.fixture.registry.instances).containsOnlyKeys("10-0-0-1-9090");
		child.close();
		this.auto.leaveFailedContext();
		this.fixture.timer.advance(Duration.ZERO);
		assertThat(this.fixture.registry.instances).isEmpty();
		assertThat(this.fixture.phase()).isEqualTo(Phase.DEREGISTERED);
		ready();
		assertThat(this.fixture.registry.instances).isEmpty();
	}

	@Test
	void registersTheChildThatReplacesAFailedOne() {
		GenericApplicationContext failed = serve(9090);
		this.fixture.timer.advance(Duration.ZERO);
		failed.close();
		serve(9091);
		this.fixture.timer.advance(Duration.ZERO);
		assertThat(this.fixture.registry.instances).containsOnlyKeys("10-0-0-1-9091");
	}

	@Test
	void ignoresTheAvailabilityOfAnUnregisteredContext() {
		serve(9090);
		this.fixture.timer.advance(Duration.ZERO);
		GenericApplicationContext other = new GenericApplicationContext();
		assertThat(this.serving.accept(other, 9091)).isFalse();
		publish(other, ReadinessState.REFUSING_TRAFFIC);
		publish(other, LivenessState.BROKEN);
		this.listener.readAvailability();
		assertThat(this.fixture.phase()).isEqualTo(Phase.REGISTERED);
		publish(this, ReadinessState.REFUSING_TRAFFIC);
		publish(other, ReadinessState.ACCEPTING_TRAFFIC);
		this.listener.readAvailability();
		assertThat(this.fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
	}

	/**
	 * Creates a registered child context with a web server that listens.
	 */
	private GenericApplicationContext serve(int port) {
		GenericApplicationContext child = new GenericApplicationContext();
		child.refresh();
		this.serving.accept(child, port);
		this.auto.begin();
		return child;
	}

	private void registered() {
		this.auto.start();
		ready();
		this.fixture.timer.advance(Duration.ZERO);
	}

	private void ready() {
		publish(this.context, ReadinessState.ACCEPTING_TRAFFIC);
	}

	private void publish(Object source, AvailabilityState state) {
		AvailabilityChangeEvent<AvailabilityState> event = new AvailabilityChangeEvent<>(source, state);
		this.availability.onApplicationEvent(event);
		this.listener.onApplicationEvent(event);
	}

	private void stop() {
		this.auto.stop(() -> this.stops++);
	}

	private DiscoveryAutoServiceRegistration auto() {
		RegistrationEvents told = new RegistrationEvents(this.events::add, List::of, this.registration, Runnable::run);
		return new DiscoveryAutoServiceRegistration(this.registration, this.fixture.reconciler, () -> this.monitor,
				this.properties, told, new GracefulDeregistration(this.fixture.registry, this.fixture.reconciler, told,
						this.fixture.timer, new Drain(Duration.ZERO, Duration.ZERO, Duration.ZERO)),
				this.serving);
	}

}
