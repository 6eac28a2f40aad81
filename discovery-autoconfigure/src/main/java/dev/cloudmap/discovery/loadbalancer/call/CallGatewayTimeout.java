package dev.cloudmap.discovery.loadbalancer.call;

import java.time.Duration;
import java.util.concurrent.TimeoutException;

import reactor.core.publisher.Mono;

import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.ReactiveLoadBalancerClientFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;

/**
 * Ends the attempts of {@link CallGatewayFilter} that take too long. It does so within
 * the load balancer's filter, which tells its life-cycle of failures, but not of an
 * exchange that is cancelled from outside.
 */
public final class CallGatewayTimeout implements GlobalFilter, Ordered {

	/** The exchange's attribute with the {@link Call} that it makes. */
	static final String CALL = CallGatewayTimeout.class.getName() + ".call";

	/** Right after the load balancer's. */
	@Override
	public int getOrder() {
		return ReactiveLoadBalancerClientFilter.LOAD_BALANCER_CLIENT_FILTER_ORDER + 1;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
		Call call = exchange.getAttribute(CALL);
		Duration remaining = (call != null) ? call.remaining() : null;
		if (call == null || remaining == null) {
			return chain.filter(exchange);
		}
		return chain.filter(exchange)
			.timeout(remaining, Mono.error(() -> new ResponseStatusException(HttpStatus.GATEWAY_TIMEOUT,
					call.lateMessage(), new TimeoutException(call.lateMessage()))));
	}

}
