package dev.cloudmap.benchmarks.clients;

import java.util.Objects;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.client.RestTemplate;

import dev.cloudmap.benchmarks.clients.WorkerController.WorkerCall;

/**
 * Calls the worker with Spring Boot's {@link RestTemplate}.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(WorkerController.class)
class RestTemplateApplication {

	@Bean
	@LoadBalanced
	RestTemplate restTemplate(RestTemplateBuilder builder) {
		return builder.build();
	}

	@Bean
	WorkerCall workerCall(RestTemplate client) {
		return () -> Objects.requireNonNull(client.getForObject("http://worker/", String.class));
	}

}
