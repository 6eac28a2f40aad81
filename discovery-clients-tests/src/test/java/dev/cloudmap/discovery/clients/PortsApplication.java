package dev.cloudmap.discovery.clients;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.cloud.client.loadbalancer.reactive.ReactorLoadBalancerExchangeFilterFunction;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;
import org.springframework.core.env.Environment;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.lookup.InstanceSource;

/**
 * An application in which every service has the same instances, at given ports of
 * loopback, and load-balanced clients. An ejection lasts longer than a test.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
class PortsApplication {

	/**
	 * Starts the application.
	 * @param application this class or a subclass
	 * @param ports the ports of the instances
	 * @param properties properties, as {@code name=value}
	 */
	static ConfigurableApplicationContext start(Class<? extends PortsApplication> application, List<Integer> ports,
			String... properties) {
		String[] arguments = Stream.concat(
				Stream.of("discovery.namespace=corp", "discovery.embedded.http-port=0", "discovery.embedded.dns-port=0",
						"discovery.registration.enabled=false", "spring.cloud.gateway.server.webflux.enabled=false",
						"discovery.load-balancer.outlier.base-ejection=10m",
						"discovery.load-balancer.outlier.max-ejection=10m", "spring.main.banner-mode=off",
						"spring.reactor.netty.shutdown-quiet-period=0s",
						"test.ports=" + String.join(",", ports.stream().map(String::valueOf).toList())),
				Stream.of(properties))
			.map((property) -> "--" + property)
			.toArray(String[]::new);
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE).run(arguments);
	}

	@Bean
	InstanceSource source(Environment environment) {
		List<Integer> ports = List.of(environment.getRequiredProperty("test.ports", Integer[].class));
		return (service) -> CompletableFuture.completedFuture(new InstanceSet(service, ports.stream()
			.map((port) -> new Instance(service, Workers.id(port), "127.0.0.1", port, HealthStatus.HEALTHY, Map.of()))
			.toList(), "test"));
	}

	/** Spring Boot's builder. */
	@Bean(defaultCandidate = false)
	@LoadBalanced
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	RestClient.Builder boots(RestClient.Builder builder) {
		return builder;
	}

	/** A builder that Spring Boot does not configure. */
	@Bean(defaultCandidate = false)
	@LoadBalanced
	RestClient.Builder plain() {
		return RestClient.builder();
	}

	@Bean
	WebClient webClient(WebClient.Builder builder, ReactorLoadBalancerExchangeFilterFunction loadBalancer) {
		return builder.filter(loadBalancer).build();
	}

}
