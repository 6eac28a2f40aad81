package dev.cloudmap.discovery.clients;

import java.nio.charset.StandardCharsets;

import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;

/**
 * Tests a {@code RestClient} with Reactor Netty.
 */
class RestClientTests extends ClientContractTests {

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
		RestClient.RequestBodySpec request = application().getBean(RestClient.Builder.class)
			.build()
			.method(method)
			.uri("http://" + host + "/a/b?c=d")
			.header("X-Test", "told");
		return ((body != null) ? request.body(body) : request)
			.exchangeForRequiredValue((sent, response) -> new Answer(response.getStatusCode().value(),
					new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8)));
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@LoadBalanced
		RestClient.Builder restClientBuilder(ObservationRegistry observations) {
			return RestClient.builder().observationRegistry(observations);
		}

	}

}
