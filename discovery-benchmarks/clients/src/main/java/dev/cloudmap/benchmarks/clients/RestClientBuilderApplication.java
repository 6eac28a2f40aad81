package dev.cloudmap.benchmarks.clients;

import java.util.Objects;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.client.RestClient;

import dev.cloudmap.benchmarks.clients.WorkerController.WorkerCall;

/**
 * Calls the worker with a {@link RestClient} that Spring Boot does not configure.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(WorkerController.class)
class RestClientBuilderApplication {

	@Bean(defaultCandidate = false)
	@LoadBalanced
	RestClient.Builder loadBalancedRestClientBuilder() {
		return RestClient.builder();
	}

	@Bean
	WorkerCall workerCall(@LoadBalanced RestClient.Builder builder) {
		RestClient client = builder.baseUrl("http://worker/").build();
		return () -> Objects.requireNonNull(client.get().retrieve().body(String.class));
	}

}
