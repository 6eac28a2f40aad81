package dev.cloudmap.discovery.clients;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

import dev.cloudmap.testsupport.RecordingServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests Spring Cloud's choice of instances by the version of the API that a client asks
 * for. The versions are attributes of the instances.
 */
class ApiVersionTests {

	private static final int CALLS = 4;

	@Test
	void callsInstancesOfRequestedVersion() {
		try (RecordingServer first = RecordingServer.plain("first");
				RecordingServer second = RecordingServer.plain("second");
				ConfigurableApplicationContext context = start()) {
			Workers.register(context, "worker", Map.of("API_VERSION", "1.0.0"), first.port());
			Workers.register(context, "worker", Map.of("API_VERSION", "2.0.0"), second.port());
			Worker worker = context.getBean(Worker.class);
			assertThat(calls(worker::first)).containsOnly("first");
			assertThat(calls(worker::second)).containsOnly("second");
		}
	}

	private static List<String> calls(Supplier<String> call) {
		return Stream.generate(call).limit(CALLS).toList();
	}

	private static ConfigurableApplicationContext start() {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run(Stream
				.of("discovery.namespace=corp", "discovery.embedded.http-port=0", "discovery.embedded.dns-port=0",
						"discovery.registration.enabled=false", "spring.main.banner-mode=off",
						"spring.cloud.gateway.server.webflux.enabled=false",
						"spring.cloud.loadbalancer.clients.worker.configurations=api-version",
						"spring.cloud.loadbalancer.clients.worker.api-version.header=X-Version",
						"spring.http.serviceclient.worker.apiversion.insert.header=X-Version")
				.map((property) -> "--" + property)
				.toArray(String[]::new));
	}

	interface Worker {

		@GetExchange(url = "/", version = "1.0.0")
		String first();

		@GetExchange(url = "/", version = "2.0.0")
		String second();

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@ImportHttpServices(group = "worker", types = Worker.class)
	static class Application {

	}

}
