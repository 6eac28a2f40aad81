package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registration.health.ApplicationHealth;
import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registration.host.HostChain;
import dev.cloudmap.discovery.registration.host.HostResolution;
import dev.cloudmap.discovery.registration.host.IpFamily;
import dev.cloudmap.discovery.registration.host.NetworkScope;
import dev.cloudmap.discovery.registration.instance.InstanceRegistrationFactory;
import dev.cloudmap.discovery.registration.instance.RegistrationSettings;
import dev.cloudmap.discovery.registration.instance.ServerPort;
import dev.cloudmap.discovery.registration.reconcile.ReconcilerFixture;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DiscoveryServiceRegistryTests {

	private final ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy();

	private final FakeRegistry fake = this.fixture.registry;

	private final ApplicationHealth health = new ApplicationHealth(this.fixture.reconciler::report);

	private final DiscoveryServiceRegistry registry = new DiscoveryServiceRegistry(this.fixture.reconciler,
			this.health);

	private final DiscoveryRegistration registration = new DiscoveryRegistration(new InstanceRegistrationFactory(
			new RegistrationSettings(() -> new ServiceName(new Namespace("corp"), "worker"), "me",
					new ServiceDefinition(Set.of(RecordType.SRV), Duration.ofSeconds(10)), Duration.ofSeconds(15)),
			ServerPort.of("8080"),
			new HostChain(List.of(() -> HostResolution.of("10.0.0.1", "test")), IpFamily.IPV4, NetworkScope.NETWORK),
			List::of, null));

	@Test
	void registersAndDeregistersManually() {
		this.registry.register(this.registration);
		assertThat(this.registry.<String>getStatus(this.registration)).isEqualTo("REGISTERED");
		this.registry.setStatus(this.registration, "out_of_service");
		assertThat(this.registry.<String>getStatus(this.registration)).isEqualTo("OUT_OF_SERVICE");
		this.registry.setStatus(this.registration, "UP");
		this.registry.deregister(this.registration);
		assertThat(this.registry.<String>getStatus(this.registration)).isEqualTo("DEREGISTERED");
		assertThat(this.fake.calls).containsExactly("register me", "UNHEALTHY me", "HEALTHY me", "deregister me");
	}

	@Test
	void manualStatusTakesPrecedenceUntilItIsReset() {
		this.registry.register(this.registration);
		this.registry.setStatus(this.registration, "OUT_OF_SERVICE");
		this.health.readiness(ReportedHealth.HEALTHY);
		this.health.checks(ReportedHealth.healthy("all is well"));
		assertThat(this.registry.<String>getStatus(this.registration)).isEqualTo("OUT_OF_SERVICE");
		assertThat(this.fixture.reconciler.state().reason()).contains("OUT_OF_SERVICE by hand");
		this.registry.setStatus(this.registration, "reset");
		assertThat(this.registry.<String>getStatus(this.registration)).isEqualTo("REGISTERED");
	}

	@Test
	void doesNotWaitOnTheExecutor() {
		List<Runnable> turns = new ArrayList<>();
		this.fixture.executor = turns::add;
		this.fixture.reconciler.run(() -> {
			this.registry.register(this.registration);
			this.registry.setStatus(this.registration, "OUT_OF_SERVICE");
			this.registry.deregister(this.registration);
		});
		while (!turns.isEmpty()) {
			turns.remove(0).run();
		}
		assertThat(this.fake.calls).containsExactly("register me", "UNHEALTHY me", "deregister me");
	}

	@Test
	void failsIfTheDeregistrationFails() {
		this.registry.register(this.registration);
		this.fake.failure = new RegistryUnavailableException("away", null);
		assertThatExceptionOfType(RegistryUnavailableException.class)
			.isThrownBy(() -> this.registry.deregister(this.registration))
			.withMessage("away");
	}

	@Test
	void failsIfTheRegistrationFails() {
		this.fake.failure = new RegistryUnavailableException("away", null);
		assertThatExceptionOfType(RegistryUnavailableException.class)
			.isThrownBy(() -> this.registry.register(this.registration))
			.withMessage("away");
	}

	@Test
	void refusesAnUnsupportedStatus() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.registry.setStatus(this.registration, "TIRED"))
			.withMessageContaining("'TIRED'")
			.withMessageContaining("expected UP");
	}

}
