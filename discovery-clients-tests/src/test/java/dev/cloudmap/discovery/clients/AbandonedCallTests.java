package dev.cloudmap.discovery.clients;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
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
			RestClient client = context.getBean("boots", RestClient.Builder.class).build();
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
				ConfigurableApplicationContext context = PortsApplication.start(PortsApplication.class,
						List.of(hanging.port(), one.port(), two.port()), property)) {
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

	/**
	 * Prepares calls with a client of an application.
	 */
	@FunctionalInterface
	private interface Caller {

		Supplier<String> calls(ConfigurableApplicationContext context);

	}

}
