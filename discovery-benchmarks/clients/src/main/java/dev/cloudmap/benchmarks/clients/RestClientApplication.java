package dev.cloudmap.benchmarks.clients;

import java.util.Objects;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.web.client.RestClient;

import dev.cloudmap.benchmarks.clients.WorkerController.WorkerCall;

/**
 * Calls the worker with Spring Boot's {@link RestClient}.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(WorkerController.class)
class RestClientApplication {

	@Bean(defaultCandidate = false)
	@LoadBalanced
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	RestClient.Builder loadBalancedRestClientBuilder(RestClient.Builder builder) {
		return builder;
	}

	@Bean
	WorkerCall workerCall(@LoadBalanced RestClient.Builder builder) {
		RestClient client = builder.baseUrl("http://worker/").build();
		return () -> Objects.requireNonNull(client.get().retrieve().body(String.class));
	}

}
