package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DiscoveryServiceRegistryTests {

	private final FakeRegistry fake = new FakeRegistry();

	private final DiscoveryServiceRegistry registry = new DiscoveryServiceRegistry(
			new RegistrationActor(this.fake, Runnable::run, new ManualTimer(), Duration.ofSeconds(15), () -> {
			}));

	private final DiscoveryRegistration registration = new DiscoveryRegistration(new InstanceRegistrationFactory(
			new RegistrationSettings(new ServiceName(new Namespace("corp"), "worker"), "me",
					new ServiceDefinition(Set.of(RecordType.SRV), Duration.ofSeconds(10)), Duration.ofSeconds(15)),
			this.fake, ServerPort.of("8080"),
			new HostChain(List.of(() -> HostAnswer.of("10.0.0.1", "test")), IpFamily.IPV4, Reach.NETWORK), List.of(),
			null));

	@Test
	void registersAndDeregistersByHand() {
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
	void saysWhyItFailed() {
		this.fake.failure = new RegistryUnavailableException("away", null);
		assertThatExceptionOfType(RegistryUnavailableException.class)
			.isThrownBy(() -> this.registry.register(this.registration))
			.withMessage("away");
	}

	@Test
	void refusesAStatusItDoesNotKnow() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.registry.setStatus(this.registration, "TIRED"))
			.withMessageContaining("'TIRED'")
			.withMessageContaining("expected UP");
	}

}
