package dev.cloudmap.discovery.clients.aot;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClient;
import org.springframework.context.annotation.Bean;

/**
 * A gateway with a service that has no configuration, and one with a load balancer of its
 * own in a context of its own.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@LoadBalancerClient(name = "worker.corp", configuration = OwnLoadBalancerConfiguration.class)
public class GatewayApplication {

	public static void main(String[] args) {
		new SpringApplicationBuilder(GatewayApplication.class).web(WebApplicationType.REACTIVE).run(args);
	}

	@Bean
	RouteLocator routes(RouteLocatorBuilder builder) {
		return builder.routes()
			.route((route) -> route.path("/plain/**").filters((filters) -> filters.stripPrefix(1)).uri("lb://worker"))
			.route((route) -> route.path("/own/**")
				.filters((filters) -> filters.stripPrefix(1))
				.uri("lb://worker.corp"))
			.build();
	}

}
