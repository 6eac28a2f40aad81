package dev.cloudmap.discovery.clients;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestTemplateBuilderConfigurer;
import org.springframework.cloud.client.loadbalancer.DeferringLoadBalancerInterceptor;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.loadbalancer.outlier.Ejection;
import dev.cloudmap.testsupport.RecordingServer;
import dev.cloudmap.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that every client, with every HTTP library, applies the connect timeout to an
 * instance whose connections hang, sends the call to another instance, and ejects the
 * instance.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectTimeoutTests {

	/** The minimum duration of a call if the client ignores the connect timeout. */
	private static final Duration TOO_LONG = Duration.ofSeconds(5);

	private static final Map<String, Function<ApplicationContext, RestTemplate>> TEMPLATES = Map.of(
			"template-of-injected-builder", (context) -> context.getBean("injected", RestTemplate.class),
			"template-of-new-builder", (context) -> context.getBean("newBuilder", RestTemplateBuilder.class).build(),
			"template-of-configured-builder",
			(context) -> context.getBean("configuredBuilder", RestTemplateBuilder.class).build(), "new-template",
			(context) -> context.getBean("template", RestTemplate.class));

	private static final Map<String, Function<ApplicationContext, RestClient>> CLIENTS = Map.of(
			"client-of-boots-builder", (context) -> context.getBean("boots", RestClient.Builder.class).build(),
			"client-of-cloned-builder", (context) -> context.getBean("boots", RestClient.Builder.class).clone().build(),
			"client-of-new-builder", (context) -> context.getBean("plain", RestClient.Builder.class).build(),
			"client-with-interceptor", (context) -> context.getBean("intercepted", RestClient.class));

	private final RecordingServer server = RecordingServer.plain("one");

	private final List<AutoCloseable> open = new ArrayList<>(List.of(this.server));

	private ScriptedServer full;

	@BeforeAll
	void fill() throws IOException {
		this.full = ScriptedServer.unresponsive();
		this.open.add(this.full);
	}

	@AfterAll
	void close() throws Exception {
		for (AutoCloseable closeable : this.open) {
			closeable.close();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "simple", "reactor", "jetty", "http-components" })
	void retriesHangingConnectionInTime(String library) {
		try (ConfigurableApplicationContext context = PortsApplication.start(Application.class,
				List.of(this.full.port(), this.server.port()), "discovery.load-balancer.timeout.connect=60ms",
				"discovery.load-balancer.timeout.request=5s", "discovery.load-balancer.retry.budget-per-second=1000",
				"spring.http.clients.imperative.factory=" + library, "spring.http.clients.reactive.connector=jdk")) {
			Map<String, Runnable> calls = new HashMap<>();
			TEMPLATES.forEach((service, template) -> calls.put(service,
					() -> assertThat(template.apply(context).getForObject("http://" + service + "/", String.class))
						.isEqualTo("one")));
			CLIENTS.forEach((service, client) -> calls.put(service,
					() -> assertThat(
							client.apply(context).get().uri("http://" + service + "/").retrieve().body(String.class))
						.isEqualTo("one")));
			calls.put("web-client",
					() -> assertThat(context.getBean("webClient", WebClient.class)
						.post()
						.uri("http://web-client/")
						.bodyValue("payload")
						.retrieve()
						.bodyToMono(String.class)
						.block(Duration.ofSeconds(30))).isEqualTo("one"));
			calls.put("http-service", () -> assertThat(context.getBean(Worker.class).get()).isEqualTo("one"));
			if (!library.equals("jdk")) {
				// only the library differs, not its configuration by the client
				calls.keySet().retainAll(Set.of("template-of-injected-builder", "client-of-boots-builder"));
			}
			calls.forEach((service, call) -> {
				long began = System.nanoTime();
				for (int i = 0; i < 4; i++) {
					call.run();
				}
				assertThat(Duration.ofNanos(System.nanoTime() - began)).as(service).isLessThan(TOO_LONG);
				assertThat(ejections(context, service)).as(service)
					.singleElement()
					.satisfies((ejection) -> assertThat(ejection.reason()).contains("could not connect"));
			});
		}
	}

	private static Collection<Ejection> ejections(ApplicationContext context, String service) {
		return context.getBean(CallStatistics.class).ejections(Workers.service(service));
	}

	interface Worker {

		@GetExchange("/")
		String get();

	}

	@ImportHttpServices(group = "http-service", types = Worker.class)
	static class Application extends PortsApplication {

		@Bean
		@LoadBalanced
		RestTemplate injected(RestTemplateBuilder restTemplateBuilder) {
			return restTemplateBuilder.build();
		}

		@Bean
		@LoadBalanced
		RestTemplate template() {
			return new RestTemplate();
		}

		@Bean(defaultCandidate = false)
		@LoadBalanced
		RestTemplateBuilder newBuilder() {
			return new RestTemplateBuilder();
		}

		@Lazy
		@Bean(defaultCandidate = false)
		@LoadBalanced
		RestTemplateBuilder configuredBuilder(RestTemplateBuilderConfigurer configurer) {
			return configurer.configure(new RestTemplateBuilder());
		}

		@Bean
		RestClient intercepted(RestClient.Builder builder, DeferringLoadBalancerInterceptor loadBalancer) {
			return builder.requestInterceptor(loadBalancer).build();
		}

	}

}
