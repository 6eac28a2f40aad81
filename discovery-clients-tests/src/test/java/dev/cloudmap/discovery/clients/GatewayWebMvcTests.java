package dev.cloudmap.discovery.clients;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

import static org.springframework.cloud.gateway.server.mvc.filter.BeforeFilterFunctions.stripPrefix;
import static org.springframework.cloud.gateway.server.mvc.filter.LoadBalancerFilterFunctions.lb;
import static org.springframework.cloud.gateway.server.mvc.handler.GatewayRouterFunctions.route;
import static org.springframework.cloud.gateway.server.mvc.handler.HandlerFunctions.http;
import static org.springframework.cloud.gateway.server.mvc.predicate.GatewayRequestPredicates.path;

/**
 * Tests Spring Cloud Gateway on Spring MVC, which has its own retries and timeouts.
 */
class GatewayWebMvcTests extends GatewayContractTests {

	@Override
	Class<?> applicationClass() {
		return Application.class;
	}

	@Override
	WebApplicationType type() {
		return WebApplicationType.SERVLET;
	}

	@Override
	boolean retries() {
		return false;
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

		@Bean
		RouterFunction<ServerResponse> routes() {
			return Workers.HOSTS.stream().map(Application::to).reduce(RouterFunction::and).orElseThrow();
		}

		private static RouterFunction<ServerResponse> to(String host) {
			return route(host).route(path("/" + host + "/**"), http())
				// the filter accepts a service name without a port
				.filter(lb(host.replaceFirst(":.*", "")))
				.before(stripPrefix(1))
				.build();
		}

	}

}
