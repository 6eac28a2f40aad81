package dev.cloudmap.benchmarks.clients;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;

/**
 * Routes requests to the worker with Spring Cloud Gateway on WebFlux.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class GatewayWebFluxApplication {

	@Bean
	RouteLocator routes(RouteLocatorBuilder builder) {
		return builder.routes().route("worker", (route) -> route.path("/").uri("lb://worker")).build();
	}

}
