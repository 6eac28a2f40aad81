package dev.cloudmap.discovery.test.docs.containers;

import java.time.Duration;

import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.utility.DockerImageName;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Bean;

import dev.cloudmap.discovery.test.testcontainers.RegistryContainer;

/**
 * Containers as beans, as in docs/testing.md.
 */
class ContainersExample {

	// tag::development[]
	static class TestOrders {

		public static void main(String[] args) {
			SpringApplication.from(Orders::main).with(Containers.class).run(args);
		}

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Containers {

		@Bean
		@ServiceConnection
		RegistryContainer registry() {
			return new RegistryContainer("discovery-registry:0.1.0");
		}

	}

	// end::development[]

	@TestConfiguration(proxyBeanMethods = false)
	static class Options {

		@Bean
		@ServiceConnection
		RegistryContainer registry() {
			// tag::options[]
			return new RegistryContainer("discovery-registry:0.1.0").withLikeAws()
				.withOperationDelay(Duration.ofSeconds(2))
				.withHealthDelay(Duration.ofSeconds(5))
				.withCredentials("an-id", "a-secret");
			// end::options[]
		}

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class OtherContainers {

		@Bean
		@ServiceConnection
		RegistryContainer registry(Network network) {
			// tag::network[]
			return new RegistryContainer("discovery-registry:0.1.0").withNetwork(network)
				.withNetworkAliases("registry")
				.withDnsForward("1.1.1.1");
			// end::network[]
		}

		@Bean
		Network network() {
			return Network.newNetwork();
		}

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Emulator {

		// tag::emulator[]
		@Bean
		@ServiceConnection(name = "floci/floci")
		GenericContainer<?> aws() {
			return new GenericContainer<>(DockerImageName.parse("floci/floci:1.5.25")).withExposedPorts(4566);
		}
		// end::emulator[]

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Orders {

		public static void main(String[] args) {
			SpringApplication.run(Orders.class, args);
		}

	}

}
