package dev.cloudmap.discovery.clients;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.cloud.client.loadbalancer.reactive.ReactorLoadBalancerExchangeFilterFunction;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.testsupport.RecordingServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that requests that wait for an unresponsive instance are sent to another one,
 * with the HTTP libraries that can end such a request. They would wait for a minute.
 */
class AbandonedCallTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final Duration INTERVAL = Duration.ofMillis(10);

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "reactor", "jetty" })
	void blockingRequestsAreAbandoned(String library) throws Exception {
		assertAbandoned("spring.http.clients.imperative.factory=" + library, (context) -> {
			RestClient client = context.getBean("balanced", RestClient.Builder.class).build();
			return () -> client.get().uri("http://worker/").retrieve().body(String.class);
		});
	}

	@Test
	void requestsOfPlainBuilderAreAbandoned() throws Exception {
		// Apache's client is on the class path
		assertAbandoned("test=plain", (context) -> {
			RestClient client = context.getBean("plain", RestClient.Builder.class).build();
			return () -> client.get().uri("http://worker/").retrieve().body(String.class);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "reactor" })
	void reactiveRequestsAreAbandoned(String library) throws Exception {
		assertAbandoned("spring.http.clients.reactive.connector=" + library, (context) -> {
			WebClient client = context.getBean(WebClient.class);
			return () -> client.get().uri("http://worker/").retrieve().bodyToMono(String.class).block(LIMIT);
		});
	}

	private static void assertAbandoned(String property, Caller caller) throws Exception {
		ExecutorService threads = Executors.newCachedThreadPool();
		try (RecordingServer hanging = RecordingServer.plain("hanging");
				RecordingServer one = RecordingServer.plain("one");
				RecordingServer two = RecordingServer.plain("two");
				ConfigurableApplicationContext context = start(property,
						"test.ports=" + hanging.port() + "," + one.port() + "," + two.port())) {
			Supplier<String> call = caller.calls(context);
			for (int i = 0; i < 60; i++) {
				assertThat(call.get()).isNotNull();
			}
			hanging.hang();
			List<Future<String>> answers = new ArrayList<>();
			for (int i = 0; i < 60; i++) {
				answers.add(threads.submit(call::get));
				Thread.sleep(INTERVAL.toMillis());
			}
			for (Future<String> answer : answers) {
				assertThat(answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isIn("one", "two");
			}
			assertThat(context.getBean(CallStatistics.class).ejections(Workers.WORKER)).singleElement()
				.satisfies((ejection) -> assertThat(ejection.reason()).contains("was answered"));
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static ConfigurableApplicationContext start(String... properties) {
		String[] arguments = Stream.concat(Stream.of("discovery.namespace=corp", "discovery.embedded.http-port=0",
				"discovery.embedded.dns-port=0", "discovery.registration.enabled=false",
				"spring.cloud.gateway.server.webflux.enabled=false",
				"discovery.load-balancer.outlier.base-ejection=10m", "discovery.load-balancer.outlier.max-ejection=10m",
				"spring.main.banner-mode=off", "spring.reactor.netty.shutdown-quiet-period=0s"), Stream.of(properties))
			.map((property) -> "--" + property)
			.toArray(String[]::new);
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE).run(arguments);
	}

	/**
	 * Prepares calls with a client of an application.
	 */
	@FunctionalInterface
	private interface Caller {

		Supplier<String> calls(ConfigurableApplicationContext context);

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

		@Bean
		InstanceSource source(Environment environment) {
			List<Integer> ports = List.of(environment.getRequiredProperty("test.ports", Integer[].class));
			return (service) -> CompletableFuture.completedFuture(new InstanceSet(service,
					ports.stream()
						.map((port) -> new Instance(service, Workers.id(port), "127.0.0.1", port, HealthStatus.HEALTHY,
								Map.of()))
						.toList(),
					"test"));
		}

		@Bean(defaultCandidate = false)
		@LoadBalanced
		RestClient.Builder balanced(RestClient.Builder builder) {
			return builder;
		}

		@Bean(defaultCandidate = false)
		@LoadBalanced
		RestClient.Builder plain() {
			return RestClient.builder();
		}

		@Bean
		WebClient webClient(WebClient.Builder builder, ReactorLoadBalancerExchangeFilterFunction loadBalancer) {
			return builder.filter(loadBalancer).build();
		}

	}

}
