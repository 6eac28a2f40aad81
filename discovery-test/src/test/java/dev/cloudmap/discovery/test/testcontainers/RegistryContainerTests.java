package dev.cloudmap.discovery.test.testcontainers;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link RegistryContainer} without an engine.
 */
class RegistryContainerTests {

	@SuppressWarnings("resource")
	private final RegistryContainer container = new RegistryContainer("discovery-registry:test");

	@Test
	void exposesTheApiAndDns() {
		assertThat(this.container.getExposedPorts()).containsExactly(8054, 8053);
	}

	@Test
	void optionsBecomeArgumentsOfTheRegistry() {
		this.container.withLikeAws()
			.withOperationDelay(Duration.ofMillis(1500))
			.withHealthDelay(Duration.ofSeconds(2))
			.withConsistencyDelay(Duration.ZERO)
			.withDnsForward("10.0.0.2", "[fd00::2]:5353");
		assertThat(this.container.arguments("127.0.0.1")).startsWith("--like-aws", "--operation-delay", "PT1.5S",
				"--health-delay", "PT2S", "--consistency-delay", "PT0S", "--dns-forward", "10.0.0.2,[fd00::2]:5353");
	}

	@Test
	void appendsArgumentsOfTheCommand() {
		this.container.withLikeAws().withCommand("--no-throttling", "--quotas");
		assertThat(this.container.arguments("127.0.0.1")).startsWith("--like-aws")
			.endsWith("--no-throttling", "--quotas");
	}

	@Test
	void argumentsAreTheSameForEachStart() {
		this.container.withLikeAws().withCommand("--quotas");
		assertThat(this.container.arguments("127.0.0.1")).isEqualTo(this.container.arguments("127.0.0.1"));
	}

	@Test
	void lastValueOfAnOptionWins() {
		this.container.withHealthDelay(Duration.ofSeconds(2)).withHealthDelay(Duration.ofSeconds(3));
		assertThat(this.container.arguments("127.0.0.1")).startsWith("--health-delay", "PT3S", "--allowed-hosts");
	}

	@Test
	void passesCredentialsAsEnvironmentVariables() {
		this.container.withCredentials("someone", "s3cret");
		assertThat(this.container.getEnvMap())
			.containsEntry("DISCOVERY_REGISTRY_CREDENTIALS", "env:REGISTRY_ACCESS_KEYS")
			.containsEntry("REGISTRY_ACCESS_KEYS", "someone:s3cret");
		assertThat(this.container.arguments("127.0.0.1")).noneMatch((argument) -> argument.contains("s3cret"));
	}

	@Test
	void allowsHostNamesOfTheContainer() {
		this.container.setNetworkAliases(new ArrayList<>());
		this.container.withNetworkAliases("registry").withAllowedHosts("registry.example");
		assertThat(this.container.arguments("docker.example")).containsSubsequence("--allowed-hosts",
				"docker.example,registry,data-registry,registry.example");
	}

	@Test
	void doesNotListAddressesAsAllowedHosts() {
		this.container.setNetworkAliases(new ArrayList<>());
		this.container.withAllowedHosts("registry.example");
		assertThat(this.container.arguments("127.0.0.1")).containsSubsequence("--allowed-hosts", "registry.example");
		assertThat(this.container.arguments("[::1]")).containsSubsequence("--allowed-hosts", "registry.example");
	}

	@Test
	void addressesAreThoseOfMappedPorts() {
		try (RunningRegistry running = new RunningRegistry()) {
			assertThat(running.httpEndpoint()).isEqualTo(running.server().endpoint());
			assertThat(running.dnsAddress())
				.isEqualTo(new InetSocketAddress("127.0.0.1", running.server().dnsAddress().getPort()));
		}
	}

}
