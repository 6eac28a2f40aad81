package dev.cloudmap.discovery.clients;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.testsupport.RecordingServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests Spring Cloud Gateway with a route for each discovered service.
 */
class GatewayDiscoveryTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	@Test
	void routesFollowTheServices() {
		try (ConfigurableApplicationContext gateway = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.REACTIVE)
			.run("--spring.application.name=gateway", "--server.port=0", "--server.address=127.0.0.1",
					"--discovery.namespace=corp", "--discovery.embedded.http-port=0", "--discovery.embedded.dns-port=0",
					"--discovery.registration.drain=0s", "--spring.main.banner-mode=off",
					"--spring.reactor.netty.shutdown-quiet-period=0s",
					"--spring.cloud.gateway.server.webflux.discovery.locator.enabled=true");
				RecordingServer server = RecordingServer.plain("new")) {
			// both services, so that one remains when the other is removed
			await().atMost(LIMIT).untilAsserted(() -> assertThat(status(gateway, "gateway")).isNotEqualTo(404));
			assertThat(status(gateway, "new")).isEqualTo(404);
			Workers.register(gateway, "new", Map.of(), server.port());
			await().atMost(LIMIT).untilAsserted(() -> assertThat(status(gateway, "new")).isEqualTo(200));
			gateway.getBean(Registry.class).deregister(Workers.service("new"), Workers.id(server.port()));
			await().atMost(LIMIT).untilAsserted(() -> assertThat(status(gateway, "new")).isEqualTo(404));
		}
	}

	private static int status(ConfigurableApplicationContext gateway, String service) {
		return RestClient.create()
			.get()
			.uri("http://127.0.0.1:" + gateway.getEnvironment().getProperty("local.server.port") + "/" + service
					+ "/actuator/health")
			.exchangeForRequiredValue((request, response) -> response.getStatusCode().value());
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

	}

}
