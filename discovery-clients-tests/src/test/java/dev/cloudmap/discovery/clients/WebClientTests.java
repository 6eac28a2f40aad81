package dev.cloudmap.discovery.clients;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;

import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;

import dev.cloudmap.testsupport.RecordingServer;
import dev.cloudmap.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests a {@code WebClient} with Reactor Netty.
 */
class WebClientTests extends ClientContractTests {

	@Override
	Class<?> applicationClass() {
		return Application.class;
	}

	/** Returns false: the builder is not that of Spring Boot. */
	@Override
	boolean resolvesInstances() {
		return false;
	}

	@Override
	Answer send(String host, HttpMethod method, @Nullable String body) {
		WebClient.RequestBodySpec request = application().getBean(WebClient.Builder.class)
			.build()
			.method(method)
			.uri("http://" + host + "/a/b?c=d")
			.header("X-Test", "told");
		return ((body != null) ? request.bodyValue(body) : request)
			.exchangeToMono((response) -> response.bodyToMono(String.class)
				.defaultIfEmpty("")
				.map((answer) -> new Answer(response.statusCode().value(), answer)))
			.block(LIMIT);
	}

	@Override
	void assertFailsWithoutInstance(String host, String reason) {
		assertThatExceptionOfType(WebClientResponseException.ServiceUnavailable.class)
			.isThrownBy(() -> application().getBean(WebClient.Builder.class)
				.build()
				.get()
				.uri("http://" + host + "/")
				.retrieve()
				.toBodilessEntity()
				.block(LIMIT))
			.withMessageContaining(reason);
		Answer answer = send(host, HttpMethod.GET, null);
		assertThat(answer.status()).isEqualTo(503);
		assertThat(answer.body()).contains(reason);
	}

	/** Only the client's native connection reports when it is established. */
	@Test
	void retriesAfterConnectTimeout() throws IOException {
		RecordingServer server = server("one");
		try (ScriptedServer full = ScriptedServer.unresponsive()) {
			Workers.register(application(), "full", Map.of(), full.port(), server.port());
			for (int i = 0; i < 2; i++) {
				assertThat(send("full", HttpMethod.POST, "payload")).isEqualTo(new Answer(200, "one"));
			}
			assertThat(server.arrived()).hasSize(2);
		}
	}

	@Test
	void cancelledCallIsNotInFlight() {
		RecordingServer hanging = server("hanging");
		serve("given-up", hanging, server("well"));
		for (int i = 0; i < 2; i++) {
			assertThat(send("given-up", HttpMethod.GET, null).status()).isEqualTo(200);
		}
		hanging.hang();
		WebClient client = application().getBean(WebClient.Builder.class).build();
		for (int i = 0; i < 12; i++) {
			client.get()
				.uri("http://given-up/")
				.retrieve()
				.bodyToMono(String.class)
				.timeout(Duration.ofMillis(200))
				.onErrorReturn(TimeoutException.class, "late")
				.block(LIMIT);
		}
		// the fifth unanswered call ejects the instance and is abandoned, before it is
		// sent
		// or after
		assertThat(hanging.arrived()).hasSizeBetween(5, 6);
		assertNothingIsOnItsWay("given-up");
		assertThat(requests("given-up", hanging, "unknown").count()).isEqualTo(4);
		assertThat(requests("given-up", hanging, "timeout").count()).isOne();
		assertThat(ejections("given-up")).hasSize(1);
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@LoadBalanced
		WebClient.Builder webClientBuilder(ObservationRegistry observations) {
			return WebClient.builder().observationRegistry(observations);
		}

	}

}
