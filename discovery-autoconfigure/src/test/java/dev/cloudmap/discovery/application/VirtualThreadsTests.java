package dev.cloudmap.discovery.application;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import static dev.cloudmap.discovery.application.CallTests.awaitInstances;
import static dev.cloudmap.discovery.application.CallTests.id;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications whose web servers call their handlers on virtual threads.
 */
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadsTests {

	private static final String VIRTUAL = "spring.threads.virtual.enabled=true";

	private final Applications applications = new Applications();

	@AfterEach
	void stop() {
		this.applications.close();
	}

	@Test
	void callsFromVirtualThreads() {
		ConfigurableApplicationContext worker = this.applications.worker(VIRTUAL);
		this.applications.start(Relay.class, WebApplicationType.SERVLET, "relay", VIRTUAL);
		ConfigurableApplicationContext backend = this.applications.backend(VIRTUAL);
		awaitInstances(backend, 1);
		RestClient client = backend.getBean(RestClient.Builder.class).build();
		for (int i = 0; i < 20; i++) {
			assertThat(client.get().uri("http://relay/").retrieve().body(String.class))
				.isEqualTo("VirtualThread called " + id(worker));
		}
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@RestController
	static class Relay {

		private final RestClient client;

		Relay(RestClient.Builder builder) {
			this.client = builder.build();
		}

		@GetMapping("/")
		String relay() {
			return Thread.currentThread().getClass().getSimpleName() + " called "
					+ this.client.get().uri("http://worker/").retrieve().body(String.class);
		}

		@Bean
		@LoadBalanced
		static RestClient.Builder restClientBuilder() {
			return RestClient.builder();
		}

	}

}
