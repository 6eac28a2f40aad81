package dev.cloudmap.discovery.registration.instance;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registration.host.HostChain;
import dev.cloudmap.discovery.registration.host.HostResolution;
import dev.cloudmap.discovery.registration.host.IpFamily;
import dev.cloudmap.discovery.registration.host.NetworkScope;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class RegisteredNameTests {

	@Test
	void warnsOfInvalidHostNameWithAnAlias(CapturedOutput output) {
		register("my_service");
		assertThat(output).contains("WARN").contains("Set discovery.aliases.my-service=my_service");
	}

	@Test
	void warnsOfAmbiguousNameWithTheFullName(CapturedOutput output) {
		register("a.b");
		assertThat(output).contains("WARN").contains("http://a.b.corp/");
	}

	@Test
	void doesNotWarnOfAUsualName(CapturedOutput output) {
		register("worker");
		register("2nd-Worker");
		assertThat(output).doesNotContain("WARN");
	}

	private static void register(String name) {
		new InstanceRegistrationFactory(
				new RegistrationSettings(() -> new ServiceName(new Namespace("corp"), name), null,
						new ServiceDefinition(Set.of(RecordType.A), Duration.ofSeconds(10)), Duration.ofSeconds(15)),
				ServerPort.of("8080"), new HostChain(List.of(() -> HostResolution.of("10.0.1.17", "test")),
						IpFamily.IPV4, NetworkScope.NETWORK),
				List::of, null)
			.create((attributes) -> {
			});
	}

}
