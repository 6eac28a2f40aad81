package dev.cloudmap.discovery.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;

import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.registry.embedded.HostOrJoin;
import dev.cloudmap.discovery.registry.embedded.Membership.Role;
import dev.cloudmap.registry.RegistryOptions;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(properties = { "discovery.namespace=corp", "spring.application.name=worker",
		"discovery.registry=cloud-map", "discovery.cloud-map.region=eu-central-1" })
class TestDefaultsTests {

	@Autowired
	private HostOrJoin registry;

	@Autowired
	private DiscoveryProperties properties;

	@Test
	void testUsesOwnRegistryAndNoDrain() {
		assertThat(this.registry.ensure().role()).isEqualTo(Role.HOST);
		assertThat(this.registry.ensure().endpoint().getPort()).isNotEqualTo(RegistryOptions.DEFAULT_HTTP_PORT);
		assertThat(this.properties.registration().drain()).isZero();
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Worker {

	}

}
