package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.NothingToRegisterException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registration.HostResolver.ResolvedHost;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class InstanceRegistrationFactoryTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private final FakeRegistry registry = new FakeRegistry();

	@Test
	void theIdIsTheSameWheneverAddressAndPortAre() {
		InstanceRegistration first = factory(null, "10.0.1.17", 8080).create();
		assertThat(first.instanceId()).isEqualTo("10-0-1-17-8080");
		assertThat(factory(null, "10.0.1.17", 8080).create()).isEqualTo(first);
		assertThat(factory(null, "10.0.1.17", 8081).create().instanceId()).isNotEqualTo(first.instanceId());
	}

	@Test
	void ipv6AddressesMakeAnIdAndAnAaaaRecord() {
		InstanceRegistration registration = factory(null, "fd00:0:0:0:0:0:0:1", 8080).create();
		assertThat(registration.instanceId()).isEqualTo("fd00-0-0-0-0-0-0-1-8080");
		assertThat(registration.allAttributes()).containsEntry("AWS_INSTANCE_IPV6", "fd00:0:0:0:0:0:0:1")
			.containsEntry("AWS_INSTANCE_PORT", "8080")
			.doesNotContainKey("AWS_INSTANCE_IPV4");
		assertThat(registration.definition().recordTypes()).containsExactlyInAnyOrder(RecordType.AAAA,
				RecordType.SRV);
	}

	@Test
	void theUsersIdIsTakenAsItIsOrRefused() {
		assertThat(factory("blue/1", "10.0.1.17", 8080).create().instanceId()).isEqualTo("blue/1");
		assertThatExceptionOfType(InvalidNameException.class)
			.isThrownBy(() -> factory("blue 1", "10.0.1.17", 8080).create())
			.withMessageContaining("discovery.registration.instance-id");
	}

	@Test
	void aLeaseIsWrittenOnlyWhereItIsActedOn() {
		assertThat(factory(null, "10.0.1.17", 8080).create().attributes()).containsEntry("discovery.lease", "15")
			.containsEntry("color", "blue")
			.containsEntry("customized", "yes");
		this.registry.capabilities = Set.of();
		assertThat(factory(null, "10.0.1.17", 8080).create().attributes()).doesNotContainKey("discovery.lease");
	}

	@Test
	void withoutAPortThereIsNothingToRegister() {
		assertThatExceptionOfType(NothingToRegisterException.class)
			.isThrownBy(() -> factory(null, "10.0.1.17", new ServerPort(OptionalInt.empty())).create());
	}

	@Test
	void withoutAnAddressItIsSaidWhatToSet() {
		InstanceRegistrationFactory factory = new InstanceRegistrationFactory(settings(null), this.registry, port(8080),
				List.of(() -> null, new ConfiguredHostResolver("host", null)), List.of(), null);
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(factory::create)
			.withMessageContaining("Set discovery.registration.host");
	}

	@Test
	void theConfiguredPortComesBeforeTheWebServers() {
		ServerPort port = new ServerPort(OptionalInt.of(9000));
		port.listening(8080);
		assertThat(port.get()).hasValue(9000);
	}

	@Test
	void aConfiguredNameIsResolvedAndAWrongOneExplained() {
		assertThat(new ConfiguredHostResolver("discovery.registration.host", "127.0.0.1").resolve())
			.isEqualTo(new ResolvedHost("127.0.0.1", "discovery.registration.host=127.0.0.1"));
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> new ConfiguredHostResolver("discovery.registration.host", "no such host").resolve())
			.withMessageContaining("'no such host'")
			.withMessageContaining("Correct discovery.registration.host");
	}

	@Test
	void allAddressesAreNoAddress() {
		assertThat(new ConfiguredHostResolver("server.address", "0.0.0.0").resolve()).isNull();
		assertThat(new ConfiguredHostResolver("server.address", "::").resolve()).isNull();
	}

	private InstanceRegistrationFactory factory(@Nullable String id, String address, int port) {
		return factory(id, address, port(port));
	}

	private InstanceRegistrationFactory factory(@Nullable String id, String address, ServerPort port) {
		return new InstanceRegistrationFactory(settings(id), this.registry, port,
				List.of(() -> null, () -> new ResolvedHost(address, "test")),
				List.of((attributes) -> attributes.put("customized", "yes")), null);
	}

	private static RegistrationSettings settings(@Nullable String id) {
		return new RegistrationSettings(WORKER, id, Map.of("color", "blue"),
				new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10)),
				Duration.ofSeconds(15));
	}

	private static ServerPort port(int port) {
		ServerPort serverPort = new ServerPort(OptionalInt.empty());
		serverPort.listening(port);
		return serverPort;
	}

}
