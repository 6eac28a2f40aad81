package dev.cloudmap.benchmarks.clients;

import reactor.core.publisher.Mono;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Calls the worker with Spring Boot's {@link WebClient}.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class WebClientApplication {

	@Bean(defaultCandidate = false)
	@LoadBalanced
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	WebClient.Builder loadBalancedWebClientBuilder(WebClient.Builder builder) {
		return builder;
	}

	/**
	 * Answers with the answer of the worker.
	 */
	@RestController
	static class Controller {

		private final WebClient client;

		Controller(@LoadBalanced WebClient.Builder builder) {
			this.client = builder.baseUrl("http://worker/").build();
		}

		@GetMapping("/")
		Mono<String> call() {
			return this.client.get().retrieve().bodyToMono(String.class);
		}

	}

}
