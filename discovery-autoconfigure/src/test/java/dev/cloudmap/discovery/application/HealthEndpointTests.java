package dev.cloudmap.discovery.application;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.json.JsonContent;
import org.springframework.web.client.RestClient;

import static dev.cloudmap.discovery.application.CallTests.awaitInstances;
import static dev.cloudmap.discovery.application.CallTests.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The content of {@code /actuator/health}.
 */
class HealthEndpointTests {

	private final Applications applications = new Applications();

	@AfterEach
	void stop() {
		this.applications.close();
	}

	@Test
	void showsRegistryRegistrationAndServices() {
		ConfigurableApplicationContext backend = this.applications.backend();
		ConfigurableApplicationContext worker = this.applications.worker();
		awaitInstances(backend, 1);
		await().atMost(Duration.ofSeconds(10))
			.untilAsserted(
					() -> assertThat(health(backend)).extractingPath("$.components.discovery.status").isEqualTo("UP"));
		JsonContent health = health(backend);
		String details = "$.components.discovery.details.";
		assertThat(health).extractingPath("$.status").isEqualTo("UP");
		assertThat(health).extractingPath(details + "registry.type").isEqualTo("embedded");
		assertThat(health).extractingPath(details + "registry.role").isEqualTo("host");
		assertThat(health).extractingPath(details + "registry.location")
			.isEqualTo("http://127.0.0.1:" + this.applications.registryPort());
		assertThat(health).extractingPath(details + "registry.reason").asString().contains("not on Amazon ECS");
		assertThat(health).extractingPath(details + "registration.status").isEqualTo("REGISTERED");
		assertThat(health).extractingPath(details + "registration.service").isEqualTo("backend.corp");
		assertThat(health).extractingPath(details + "registration.instanceId").isEqualTo(id(backend));
		assertThat(health).extractingPath(details + "registration.port").isEqualTo(port(backend));
		assertThat(health).extractingPath(details + "registration.host.addresses")
			.asArray()
			.containsExactly("127.0.0.1");
		assertThat(health).extractingPath(details + "registration.host.resolution")
			.asArray()
			.containsExactly("discovery.registration.host (not set)", "server.address (not set)",
					"loopback (the embedded registry serves this machine only)");
		assertThat(health).extractingPath(details + "services['worker.corp'].source").isEqualTo("dns");
		assertThat(health).extractingPath(details + "services['worker.corp'].instances[0]")
			.isEqualTo(id(worker) + " at http://127.0.0.1:" + port(worker));
		assertThat(health).extractingPath("$.components.discoveryComposite.status").isEqualTo("UP");
	}

	private static JsonContent health(ConfigurableApplicationContext context) {
		return new JsonContent(RestClient.create()
			.get()
			.uri("http://127.0.0.1:" + port(context) + "/actuator/health")
			.retrieve()
			.body(String.class));
	}

	private static int port(ConfigurableApplicationContext context) {
		return ((WebServerApplicationContext) context).getWebServer().getPort();
	}

}
