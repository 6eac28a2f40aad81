package dev.cloudmap.discovery.clients;

import java.util.stream.Stream;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * An application with a registry of its own, and load-balanced blocking clients of Spring
 * Boot's builders.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
class BootClientsApplication {

	/**
	 * Starts the application.
	 * @param type the type; Spring Cloud Gateway on WebFlux is enabled in a reactive one
	 * @param application this class, a subclass, or another application
	 * @param properties properties, as {@code name=value}
	 */
	static ConfigurableApplicationContext start(WebApplicationType type, Class<?> application, String... properties) {
		String[] arguments = Stream.concat(Stream.of("discovery.namespace=corp", "discovery.embedded.http-port=0",
				"discovery.embedded.dns-port=0", "discovery.registration.enabled=false", "spring.main.banner-mode=off",
				"spring.cloud.gateway.server.webflux.enabled=" + (type == WebApplicationType.REACTIVE),
				"spring.reactor.netty.shutdown-quiet-period=0s"), Stream.of(properties))
			.map((property) -> "--" + property)
			.toArray(String[]::new);
		return new SpringApplicationBuilder(application).web(type).run(arguments);
	}

	@Bean
	@LoadBalanced
	RestTemplate template(RestTemplateBuilder builder) {
		return builder.build();
	}

	@Bean(defaultCandidate = false)
	@LoadBalanced
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	RestClient.Builder loadBalanced(RestClient.Builder builder) {
		return builder;
	}

}
