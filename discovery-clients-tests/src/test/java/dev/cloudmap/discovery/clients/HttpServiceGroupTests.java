package dev.cloudmap.discovery.clients;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceGroup;
import org.springframework.web.service.registry.ImportHttpServices;

import dev.cloudmap.testsupport.RecordingServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests groups of HTTP services: their request timeout, which is that of other clients of
 * Spring Boot's builders, and Spring Cloud's choice of instances by the version of the
 * API. The versions are attributes of the instances.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpServiceGroupTests {

	private static final int CALLS = 4;

	private final List<AutoCloseable> open = new ArrayList<>();

	private ConfigurableApplicationContext context;

	@BeforeAll
	void start() {
		this.context = BootClientsApplication.start(WebApplicationType.NONE, Application.class,
				"discovery.load-balancer.services.blocking.timeout.request=500ms",
				"discovery.load-balancer.services.reactive.timeout.request=500ms",
				"discovery.load-balancer.services.template.timeout.request=500ms",
				"discovery.load-balancer.services.prototype.timeout.request=500ms",
				"spring.cloud.loadbalancer.clients.versioned.configurations=api-version",
				"spring.cloud.loadbalancer.clients.versioned.api-version.header=X-Version",
				"spring.http.serviceclient.versioned.apiversion.insert.header=X-Version");
		this.open.add(this.context);
	}

	@AfterAll
	void close() throws Exception {
		Collections.reverse(this.open);
		for (AutoCloseable closeable : this.open) {
			closeable.close();
		}
	}

	private RecordingServer server(String name) {
		RecordingServer server = RecordingServer.plain(name);
		this.open.add(server);
		return server;
	}

	@ParameterizedTest
	@ValueSource(strings = { "blocking", "reactive", "template", "prototype" })
	@Timeout(60)
	void requestTimeoutOfServiceApplies(String service) {
		RecordingServer hanging = server("hanging");
		hanging.hang();
		Workers.register(this.context, service, Map.of(), hanging.port());
		Supplier<String> call = switch (service) {
			case "blocking" -> this.context.getBean(Blocking.class)::get;
			case "reactive" -> this.context.getBean(Reactive.class)::get;
			case "template" ->
				() -> this.context.getBean(RestTemplate.class).getForObject("http://template/", String.class);
			default -> () -> this.context.getBean("loadBalanced", RestClient.Builder.class)
				.build()
				.get()
				.uri("http://prototype/")
				.retrieve()
				.body(String.class);
		};
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(call::get)
			.satisfies((failure) -> assertThat(failure).hasStackTraceContaining("was not answered within 500 ms"));
	}

	@Test
	void callsInstancesOfRequestedApiVersion() {
		RecordingServer first = server("first");
		RecordingServer second = server("second");
		Workers.register(this.context, "versioned", Map.of("API_VERSION", "1.0.0"), first.port());
		Workers.register(this.context, "versioned", Map.of("API_VERSION", "2.0.0"), second.port());
		Versioned versioned = this.context.getBean(Versioned.class);
		assertThat(calls(versioned::first)).containsOnly("first");
		assertThat(calls(versioned::second)).containsOnly("second");
	}

	private static List<String> calls(Supplier<String> call) {
		return Stream.generate(call).limit(CALLS).toList();
	}

	interface Versioned {

		@GetExchange(url = "/", version = "1.0.0")
		String first();

		@GetExchange(url = "/", version = "2.0.0")
		String second();

	}

	interface Blocking {

		@GetExchange("/")
		String get();

	}

	interface Reactive {

		@GetExchange("/")
		String get();

	}

	@ImportHttpServices(group = "versioned", types = Versioned.class)
	@ImportHttpServices(group = "blocking", types = Blocking.class)
	@ImportHttpServices(group = "reactive", types = Reactive.class, clientType = HttpServiceGroup.ClientType.WEB_CLIENT)
	static class Application extends BootClientsApplication {

	}

}
