package dev.cloudmap.discovery.loadbalancer.adapter;

import java.net.URI;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.ReactiveLoadBalancerClientFilter;
import org.springframework.cloud.gateway.support.NotFoundException;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.loadbalancer.call.Call;
import dev.cloudmap.discovery.loadbalancer.call.Calls;
import dev.cloudmap.discovery.loadbalancer.call.NoInstancesException;
import dev.cloudmap.discovery.loadbalancer.outlier.CallOutcome;

/**
 * Calls services for Spring Cloud Gateway on WebFlux. The gateway's load balancer filter
 * and {@link GatewayAttemptFilter} make each attempt. A request is sent again only before
 * anything of a response was sent to the client.
 */
public final class CallGatewayFilter implements GlobalFilter, Ordered {

	private static final String SCHEME = "lb";

	private static final String WEB_SOCKET = "websocket";

	/** The gateway's attribute of an exchange whose observation has ended. */
	private static final String OBSERVATION_ENDED = "gateway.observation.stopped";

	private final Calls calls;

	/**
	 * Creates the filter.
	 * @param calls begins calls
	 */
	public CallGatewayFilter(Calls calls) {
		this.calls = calls;
	}

	/** Immediately before the load balancer's. */
	@Override
	public int getOrder() {
		return ReactiveLoadBalancerClientFilter.LOAD_BALANCER_CLIENT_FILTER_ORDER - 1;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
		URI url = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
		if (url == null || url.getHost() == null || !(SCHEME.equals(url.getScheme())
				|| SCHEME.equals(exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR)))) {
			return others(exchange, chain);
		}
		if (WEB_SOCKET.equalsIgnoreCase(exchange.getRequest().getHeaders().getUpgrade())) {
			// the exchange lasts until the web socket is closed
			return others(exchange, chain);
		}
		return Mono.defer(() -> {
			Call call;
			try {
				call = this.calls.begin(url.getHost(), exchange.getRequest().getMethod().name());
			}
			catch (DiscoveryException ex) {
				return others(exchange, chain).onErrorMap(NotFoundException.class,
						(failure) -> explained(url.getHost(), failure, ex));
			}
			exchange.getAttributes().put(Call.ATTRIBUTE, call);
			return attempt(call, url, exchange, chain);
		});
	}

	/** A fallback route has the attribute of the call that has failed. */
	private static Mono<Void> others(ServerWebExchange exchange, GatewayFilterChain chain) {
		exchange.getAttributes().remove(Call.ATTRIBUTE);
		return chain.filter(exchange);
	}

	private Mono<Void> attempt(Call call, URI url, ServerWebExchange exchange, GatewayFilterChain chain) {
		int attempts = call.attempts();
		// the failures of what follows are not those of this attempt
		return chain.filter(exchange)
			.then(Mono.fromSupplier(() -> after(call, attempts, null, url, exchange, chain)))
			.onErrorResume((failure) -> Mono.just(after(call, attempts, failure, url, exchange, chain)))
			.flatMap((next) -> next);
	}

	/**
	 * Continues after an attempt: with nothing, its failure, or another attempt.
	 */
	private Mono<Void> after(Call call, int attempts, @Nullable Throwable failure, URI url, ServerWebExchange exchange,
			GatewayFilterChain chain) {
		HttpStatusCode status = exchange.getResponse().getStatusCode();
		boolean again = !exchange.getResponse().isCommitted()
				&& ((failure != null) ? call.retries(failure, body(exchange, failure))
						: status != null && call.retries(status.value(), body(exchange, null)));
		if (!again) {
			if (failure instanceof NotFoundException notFound && call.attempts() == attempts) {
				return Mono.error(explained(call.serviceId(), notFound, this.calls.unavailable(call)));
			}
			return (failure != null) ? Mono.error(failure) : Mono.empty();
		}
		Connection connection = exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR);
		if (connection != null) {
			connection.dispose();
		}
		endObservation(exchange, failure);
		ServerWebExchangeUtils.reset(exchange);
		exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, url);
		exchange.getAttributes().remove(ServerWebExchangeUtils.GATEWAY_LOADBALANCER_RESPONSE_ATTR);
		return attempt(call, url, exchange, chain);
	}

	/**
	 * Adds the reason why no instance was found, and logs it. A service whose lookup
	 * failed may exist, so it is unavailable even with {@code use404}.
	 */
	private NotFoundException explained(String serviceId, NotFoundException failure,
			@Nullable DiscoveryException reason) {
		if (reason == null) {
			return failure;
		}
		this.calls.logUnavailable(serviceId, reason);
		boolean unknown = reason instanceof NoInstancesException || reason instanceof InvalidNameException;
		return NotFoundException.create(unknown && failure.getStatusCode().isSameCodeAs(HttpStatus.NOT_FOUND),
				String.valueOf(reason.getMessage()), reason);
	}

	/**
	 * Ends the observation of an attempt. The gateway itself ends those of answers and of
	 * the last attempt.
	 * @param failure the failure of the attempt; null if there was none
	 */
	static void endObservation(ServerWebExchange exchange, @Nullable Throwable failure) {
		boolean ended = exchange.getAttributes().remove(OBSERVATION_ENDED) != null;
		if (exchange.getAttributes()
			.remove(ServerWebExchangeUtils.GATEWAY_OBSERVATION_ATTR) instanceof Observation observation && !ended) {
			if (failure != null) {
				observation.error(failure);
			}
			observation.stop();
		}
	}

	private static Call.Body body(ServerWebExchange exchange, @Nullable Throwable failure) {
		// without a connection it was not read
		return (failure != null && !CallOutcome.ofFailure(failure).isSent()) ? Call.Body.REPEATABLE : body(exchange);
	}

	/**
	 * A request's body can be read once.
	 */
	static Call.Body body(ServerWebExchange exchange) {
		HttpHeaders headers = exchange.getRequest().getHeaders();
		boolean empty = headers.getContentLength() <= 0 && !headers.containsHeader(HttpHeaders.TRANSFER_ENCODING);
		return empty ? Call.Body.REPEATABLE : Call.Body.SPENT;
	}

}
