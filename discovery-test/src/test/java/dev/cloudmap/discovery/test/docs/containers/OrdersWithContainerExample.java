package dev.cloudmap.discovery.test.docs.containers;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.cloud.client.discovery.DiscoveryClient;

import dev.cloudmap.discovery.test.testcontainers.RegistryContainer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A test with the registry in a container, as in docs/testing.md.
 */
@Tag("containers")
@SpringBootTest(properties = "discovery.namespace=corp")
class OrdersWithContainerExample {

	// tag::field[]
	@ServiceConnection
	static RegistryContainer registry = new RegistryContainer("discovery-registry:0.1.0");

	// end::field[]

	@Test
	void startsWithoutServices(@Autowired DiscoveryClient discoveryClient) {
		assertThat(discoveryClient.getInstances("payments")).isEmpty();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
