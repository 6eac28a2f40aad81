package dev.cloudmap.discovery.loadbalancer.adapter;

import reactor.core.publisher.Mono;

import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.UrlHost;

/**
 * Explains load-balanced routes of Spring Cloud Gateway on WebFlux whose service has a
 * name that no URL can have as its host. The gateway itself says only that the host is
 * invalid.
 */
public final class RouteHostFilter implements GlobalFilter, Ordered {

	/** Before the gateway's filter, which refuses such a route. */
	@Override
	public int getOrder() {
		return RouteToRequestUrlFilter.ROUTE_TO_URL_FILTER_ORDER - 1;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
		Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
		DiscoveryException missing = (route != null) ? UrlHost.missingInRoute(route.getUri()) : null;
		return (missing != null) ? Mono.error(missing) : chain.filter(exchange);
	}

}
