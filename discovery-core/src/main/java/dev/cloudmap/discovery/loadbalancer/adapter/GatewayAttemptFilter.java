package dev.cloudmap.discovery.loadbalancer.adapter;

import java.time.Duration;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.ReactiveLoadBalancerClientFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;

import dev.cloudmap.discovery.loadbalancer.call.Call;
import dev.cloudmap.discovery.loadbalancer.timeout.ConnectionTimeouts;

/**
 * Sends the request of {@link CallGatewayFilter} to the instance that the gateway's load
 * balancer filter has chosen, within the time that is left, and closes the attempt.
 */
public final class GatewayAttemptFilter implements GlobalFilter, Ordered {

	private final @Nullable HttpClientProperties clients;

	/**
	 * Creates the filter.
	 * @param clients the settings of the gateway's client, whose connect timeout takes
	 * precedence; null if there are none
	 */
	public GatewayAttemptFilter(@Nullable HttpClientProperties clients) {
		this.clients = clients;
	}

	/** Immediately after the load balancer's. */
	@Override
	public int getOrder() {
		return ReactiveLoadBalancerClientFilter.LOAD_BALANCER_CLIENT_FILTER_ORDER + 1;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
		Call call = exchange.getAttribute(Call.ATTRIBUTE);
		if (call == null) {
			return chain.filter(exchange);
		}
		Response<ServiceInstance> chosen = exchange
			.getAttribute(ServerWebExchangeUtils.GATEWAY_LOADBALANCER_RESPONSE_ATTR);
		if (chosen != null && chosen.getServer() != null) {
			call.sentTo(chosen.getServer());
		}
		limitConnect(call, exchange);
		Mono<Void> attempt = WaitingAttempt.abandonable(Mono.defer(() -> chain.filter(exchange)), call,
				() -> CallGatewayFilter.body(exchange), GatewayAttemptFilter::unanswered);
		Duration remaining = call.remaining();
		if (remaining != null) {
			attempt = attempt.timeout(remaining,
					Mono.error(() -> unanswered(new TimeoutException(call.lateMessage()))));
		}
		return attempt.doOnSuccess((end) -> answered(call, exchange.getResponse().getStatusCode()))
			.doOnError(call::failed)
			.doOnCancel(() -> cancelled(call, exchange));
	}

	/** The client has left, which the gateway does not notice. */
	private static void cancelled(Call call, ServerWebExchange exchange) {
		call.cancelled();
		CallGatewayFilter.endObservation(exchange, null);
	}

	private static ResponseStatusException unanswered(Exception failure) {
		return new ResponseStatusException(HttpStatus.GATEWAY_TIMEOUT, failure.getMessage(), failure);
	}

	private static void answered(Call call, @Nullable HttpStatusCode status) {
		call.answered((status != null) ? status.value() : HttpStatus.OK.value());
	}

	/**
	 * The gateway reads the connect timeout from the route's metadata.
	 */
	private void limitConnect(Call call, ServerWebExchange exchange) {
		Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
		if (route == null || route.getMetadata().get(RouteMetadataUtils.CONNECT_TIMEOUT_ATTR) != null
				|| (this.clients != null && this.clients.getConnectTimeout() != null)) {
			return;
		}
		Duration connect = ConnectionTimeouts.of(call.timeouts()).connect();
		// 0 means no timeout for Netty
		int millis = (connect != null) ? (int) connect.toMillis() : 0;
		exchange.getAttributes()
			.put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR,
					Route.async()
						.id(route.getId())
						.uri(route.getUri())
						.order(route.getOrder())
						.asyncPredicate(route.getPredicate())
						.filters(route.getFilters())
						.metadata(route.getMetadata())
						.metadata(RouteMetadataUtils.CONNECT_TIMEOUT_ATTR, millis)
						.build());
	}

}
