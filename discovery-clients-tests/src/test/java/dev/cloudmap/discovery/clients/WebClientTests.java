package dev.cloudmap.discovery.clients;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * A {@code WebClient}, which sends by Reactor Netty.
 */
class WebClientTests extends ClientContractTests {

	@Override
	Class<?> application() {
		return Application.class;
	}

	@Override
	Answer send(ConfigurableApplicationContext application, String service, HttpMethod method, @Nullable String body) {
		WebClient.RequestBodySpec request = application.getBean(WebClient.Builder.class)
			.build()
			.method(method)
			.uri("http://" + service + "/a/b?c=d")
			.header("X-Test", "told");
		return ((body != null) ? request.bodyValue(body) : request)
			.exchangeToMono((response) -> response.bodyToMono(String.class)
				.defaultIfEmpty("")
				.map((answer) -> new Answer(response.statusCode().value(), answer)))
			.block(LIMIT);
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@LoadBalanced
		WebClient.Builder webClientBuilder() {
			return WebClient.builder();
		}

	}

}
