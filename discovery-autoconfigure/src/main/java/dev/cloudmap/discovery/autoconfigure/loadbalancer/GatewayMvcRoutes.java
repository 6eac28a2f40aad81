package dev.cloudmap.discovery.autoconfigure.loadbalancer;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.UrlHost;

/**
 * Warns of load-balanced routes of Spring Cloud Gateway on Spring MVC whose service has a
 * name that no URL can have as its host. The gateway answers their requests with status
 * 500 and no reason.
 */
final class GatewayMvcRoutes implements InitializingBean {

	private static final String PREFIX = "spring.cloud.gateway.server.webmvc.";

	private static final Logger logger = LoggerFactory.getLogger(GatewayMvcRoutes.class);

	private final Environment environment;

	GatewayMvcRoutes(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void afterPropertiesSet() {
		Binder binder = Binder.get(this.environment);
		try {
			List<Route> listed = binder.bind(PREFIX + "routes", Bindable.listOf(Route.class)).orElse(List.of());
			Map<String, Route> mapped = binder.bind(PREFIX + "routes-map", Bindable.mapOf(String.class, Route.class))
				.orElse(Map.of());
			Stream.concat(listed.stream(), mapped.values().stream()).forEach(GatewayMvcRoutes::check);
		}
		catch (BindException ex) {
			logger.debug("The gateway reports routes that are not valid", ex);
		}
	}

	private static void check(Route route) {
		DiscoveryException missing = (route.uri() != null) ? UrlHost.missingInRoute(route.uri()) : null;
		if (missing != null) {
			logger.warn("The gateway's route to {} can't be called. {}", route.uri(), missing.getMessage());
		}
	}

	/**
	 * The part of a route that is checked.
	 *
	 * @param uri the URI to which requests are sent
	 */
	record Route(@Nullable URI uri) {
	}

}
