package dev.cloudmap.discovery.application;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

import dev.cloudmap.testsupport.Ports;

/**
 * Complete applications with web servers. They share one embedded registry on a port that
 * is unique to the test.
 */
final class Applications implements AutoCloseable {

	private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

	private final int registryPort = Ports.free();

	/**
	 * The port of the embedded registry, whether it has started or not.
	 */
	int registryPort() {
		return this.registryPort;
	}

	ConfigurableApplicationContext worker(String... properties) {
		return start(Worker.class, WebApplicationType.SERVLET, "worker", properties);
	}

	ConfigurableApplicationContext backend(String... properties) {
		return start(Backend.class, WebApplicationType.SERVLET, "backend", properties);
	}

	ConfigurableApplicationContext start(Class<?> application, WebApplicationType type, String name,
			String... properties) {
		Map<String, String> all = new LinkedHashMap<>(Map.of("spring.application.name", name, "discovery.namespace",
				"corp", "discovery.embedded.http-port", Integer.toString(this.registryPort),
				"discovery.embedded.dns-port", "0", "discovery.lookup.refresh", "200ms", "discovery.registration.lease",
				"2s", "discovery.registration.drain", "0s", "server.port", "0",
				"management.endpoint.health.show-details", "always", "spring.main.banner-mode", "off"));
		for (String property : properties) {
			int separator = property.indexOf('=');
			all.put(property.substring(0, separator), property.substring(separator + 1));
		}
		String[] arguments = all.entrySet()
			.stream()
			.map((property) -> "--" + property.getKey() + "=" + property.getValue())
			.toArray(String[]::new);
		ConfigurableApplicationContext context = new SpringApplicationBuilder(application).web(type).run(arguments);
		this.contexts.add(context);
		return context;
	}

	/**
	 * Calls the service {@code worker} with a {@code RestClient}.
	 * @return the id of the instance that answered
	 */
	static String callWorker(ApplicationContext caller) {
		return caller.getBean(RestClient.Builder.class)
			.build()
			.get()
			.uri("http://worker/")
			.retrieve()
			.body(String.class);
	}

	@Override
	public void close() {
		Collections.reverse(this.contexts);
		this.contexts.forEach(ConfigurableApplicationContext::close);
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@RestController
	static class Worker {

		private final Registration registration;

		Worker(Registration registration) {
			this.registration = registration;
		}

		@RequestMapping("/")
		String work() {
			return this.registration.getInstanceId();
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Backend {

		@Bean
		@LoadBalanced
		RestClient.Builder restClientBuilder() {
			return RestClient.builder();
		}

		@Bean
		@LoadBalanced
		RestTemplate restTemplate() {
			return new RestTemplate();
		}

		@Bean
		@LoadBalanced
		WebClient.Builder webClientBuilder() {
			return WebClient.builder().clientConnector(new JdkClientHttpConnector());
		}

	}

}
