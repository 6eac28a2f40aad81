package dev.cloudmap.discovery.loadbalancer.call;

import java.time.Duration;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.ReactiveLoadBalancerClientFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;

/**
 * Limits how long an attempt of {@link CallGatewayFilter} waits for its connection and
 * for its answer. It does so within the load balancer's filter, which reports failures to
 * its life-cycle, but not an exchange that is cancelled from outside.
 */
public final class CallGatewayTimeout implements GlobalFilter, Ordered {

	/** The exchange's attribute with the {@link Call} that it makes. */
	static final String CALL = CallGatewayTimeout.class.getName() + ".call";

	private final @Nullable HttpClientProperties clients;

	/**
	 * Creates the filter.
	 * @param clients the settings of the gateway's client, of which a connect timeout
	 * comes first; null if there are none
	 */
	public CallGatewayTimeout(@Nullable HttpClientProperties clients) {
		this.clients = clients;
	}

	/** Right after the load balancer's. */
	@Override
	public int getOrder() {
		return ReactiveLoadBalancerClientFilter.LOAD_BALANCER_CLIENT_FILTER_ORDER + 1;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
		Call call = exchange.getAttribute(CALL);
		if (call == null) {
			return chain.filter(exchange);
		}
		limitConnect(call, exchange);
		Duration remaining = call.remaining();
		if (remaining == null) {
			return chain.filter(exchange);
		}
		return chain.filter(exchange)
			.timeout(remaining, Mono.error(() -> new ResponseStatusException(HttpStatus.GATEWAY_TIMEOUT,
					call.lateMessage(), new TimeoutException(call.lateMessage()))));
	}

	/**
	 * The gateway takes the connect timeout from the route's metadata.
	 */
	private void limitConnect(Call call, ServerWebExchange exchange) {
		Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
		if (route == null || route.getMetadata().get(RouteMetadataUtils.CONNECT_TIMEOUT_ATTR) != null
				|| (this.clients != null && this.clients.getConnectTimeout() != null)) {
			return;
		}
		Duration connect = ConnectionTimeouts.of(call.timeouts()).connect();
		exchange.getAttributes()
			.put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR,
					Route.async()
						.id(route.getId())
						.uri(route.getUri())
						.order(route.getOrder())
						.asyncPredicate(route.getPredicate())
						.filters(route.getFilters())
						.metadata(route.getMetadata())
						// Netty takes 0 for no timeout
						.metadata(RouteMetadataUtils.CONNECT_TIMEOUT_ATTR,
								(connect != null) ? (int) connect.toMillis() : 0)
						.build());
	}

}
