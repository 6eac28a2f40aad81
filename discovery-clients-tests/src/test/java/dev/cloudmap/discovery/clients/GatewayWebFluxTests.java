package dev.cloudmap.discovery.clients;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;

/**
 * Spring Cloud Gateway on WebFlux.
 */
class GatewayWebFluxTests extends GatewayContractTests {

	@Override
	Class<?> applicationClass() {
		return Application.class;
	}

	@Override
	WebApplicationType type() {
		return WebApplicationType.REACTIVE;
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

		@Bean
		RouteLocator routes(RouteLocatorBuilder builder) {
			RouteLocatorBuilder.Builder routes = builder.routes();
			for (String host : Workers.HOSTS) {
				routes.route((route) -> route.path("/" + host + "/**")
					.filters((filters) -> filters.stripPrefix(1))
					.uri("lb://" + host));
			}
			return routes.build();
		}

	}

}
