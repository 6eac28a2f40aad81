package dev.cloudmap.benchmarks.clients;

import java.util.Objects;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.client.RestTemplate;

import dev.cloudmap.benchmarks.clients.WorkerController.WorkerCall;

/**
 * Calls the worker with a {@link RestTemplate} that Spring Boot does not configure.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(WorkerController.class)
class NewRestTemplateApplication {

	@Bean
	@LoadBalanced
	RestTemplate restTemplate() {
		return new RestTemplate();
	}

	@Bean
	WorkerCall workerCall(RestTemplate client) {
		return () -> Objects.requireNonNull(client.getForObject("http://worker/", String.class));
	}

}
