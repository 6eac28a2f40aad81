package dev.cloudmap.discovery.autoconfigure.registry;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.lookup.FallbackInstanceSource;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Security of the embedded registry: callable addresses and the shared secret.
 */
@ExtendWith(OutputCaptureExtension.class)
class EmbeddedSecurityTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private static final String SECRET = "0123456789abcdef-of-the-tests";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RegistryAutoConfiguration.class,
				DiscoveryClientAutoConfiguration.class, UtilAutoConfiguration.class))
		.withPropertyValues("discovery.namespace=corp", "discovery.registry=embedded", "discovery.embedded.http-port=0",
				"discovery.embedded.dns-port=0");

	@ParameterizedTest
	@ValueSource(strings = { "auto", "api", "dns" })
	void excludesRemoteInstancesInEveryMode(String mode, CapturedOutput output) {
		this.runner.withPropertyValues("discovery.lookup.mode=" + mode).run((context) -> {
			register(context.getBean(Registry.class));
			assertThat(context.getBean(DiscoveryClient.class).getInstances("worker"))
				.extracting(ServiceInstance::getHost)
				.containsExactly("127.0.0.1");
		});
		assertThat(output).contains("203.0.113.9 as an address of worker.corp")
			.contains("169.254.169.254 as an address of worker.corp")
			.contains("discovery.embedded.allow-remote-instances=true");
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "api", "dns" })
	void allowedRemoteInstancesExcludeLinkLocalAddresses(String mode) {
		this.runner
			.withPropertyValues("discovery.lookup.mode=" + mode, "discovery.embedded.allow-remote-instances=true")
			.run((context) -> {
				register(context.getBean(Registry.class));
				assertThat(context.getBean(DiscoveryClient.class).getInstances("worker"))
					.extracting(ServiceInstance::getHost)
					.containsExactlyInAnyOrder("127.0.0.1", "203.0.113.9");
			});
	}

	@Test
	void snapshotExcludesRemoteInstances(@TempDir Path directory) throws Exception {
		Path file = directory.resolve("snapshot");
		Files.writeString(file, """
				discovery-snapshot 1
				service corp worker 2020-01-01T00%3A00%3A00Z
				instance a 127.0.0.1 8080 HEALTHY
				instance b 203.0.113.9 8080 HEALTHY
				instance c 169.254.169.254 80 HEALTHY
				end
				""");
		this.runner
			.withPropertyValues("discovery.lookup.snapshot=" + file, "discovery.lookup.mode=dns",
					"discovery.lookup.dns.servers=127.0.0.1:1")
			.run((context) -> assertThat(context.getBean(DiscoveryClient.class).getInstances("worker"))
				.extracting(ServiceInstance::getHost)
				.containsExactly("127.0.0.1"));
	}

	@Test
	void secretDisablesDns(CapturedOutput output) {
		this.runner.run((context) -> assertThat(context.getBean(InstanceSource.class))
			.isInstanceOf(FallbackInstanceSource.class));
		this.runner.withPropertyValues("discovery.embedded.secret=" + SECRET).run((context) -> {
			assertThat(context.getBean(InstanceSource.class)).isNotInstanceOf(FallbackInstanceSource.class);
			register(context.getBean(Registry.class));
			assertThat(context.getBean(DiscoveryClient.class).getInstances("worker")).hasSize(1);
			assertThat(context.getBean(DiscoveryProperties.class).toString()).doesNotContain(SECRET);
		});
		assertThat(output).doesNotContain(SECRET);
	}

	@Test
	void blankSecretLogsWarning(CapturedOutput output) {
		this.runner.withPropertyValues("discovery.embedded.secret=${NO_SUCH_VARIABLE:}")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("discovery.embedded.secret is blank");
	}

	@Test
	void shortSecretFailsWithoutShowingSecret(CapturedOutput output) {
		this.runner.withPropertyValues("discovery.embedded.secret=tooshort")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("discovery.embedded.secret has 8 characters: expected 16 to 1024")
				.hasMessageNotContaining("tooshort"));
		assertThat(output).doesNotContain("tooshort");
	}

	private static void register(Registry registry) {
		int number = 0;
		for (String address : new String[] { "127.0.0.1", "203.0.113.9", "169.254.169.254" }) {
			registry.register(new InstanceRegistration(WORKER, "i-" + number++, address, 8080, Map.of(),
					new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10))));
		}
	}

}
