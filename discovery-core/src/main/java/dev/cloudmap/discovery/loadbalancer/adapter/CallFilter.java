package dev.cloudmap.discovery.loadbalancer.adapter;

import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.reactive.LoadBalancerClientRequestTransformer;
import org.springframework.cloud.client.loadbalancer.reactive.ReactiveLoadBalancer;
import org.springframework.cloud.client.loadbalancer.reactive.ReactorLoadBalancerExchangeFilterFunction;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.UrlHost;
import dev.cloudmap.discovery.loadbalancer.call.Call;
import dev.cloudmap.discovery.loadbalancer.call.Calls;
import dev.cloudmap.discovery.loadbalancer.name.UnresolvedNameException;
import dev.cloudmap.discovery.loadbalancer.timeout.TimedConnector;

/**
 * Calls services for {@code WebClient}. Spring Cloud's filter, which it extends so that
 * it can be injected as that type, makes each attempt.
 */
public final class CallFilter extends ReactorLoadBalancerExchangeFilterFunction {

	private final Calls calls;

	/**
	 * Creates the filter.
	 * @param loadBalancers choose instances
	 * @param transformers change the requests to instances
	 * @param calls begins calls
	 */
	public CallFilter(ReactiveLoadBalancer.Factory<ServiceInstance> loadBalancers,
			List<LoadBalancerClientRequestTransformer> transformers, Calls calls) {
		super(loadBalancers, Stream.concat(transformers.stream(), Stream.of(CallFilter::sentTo)).toList());
		this.calls = calls;
	}

	private static ClientRequest sentTo(ClientRequest request, ServiceInstance instance) {
		request.attribute(Call.ATTRIBUTE).ifPresent((call) -> ((Call) call).sentTo(instance));
		return request;
	}

	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		String serviceId = request.url().getHost();
		if (serviceId == null) {
			return Mono.error(UrlHost.missing(request.url()));
		}
		return Mono.defer(() -> {
			Call call;
			try {
				call = this.calls.begin(serviceId, request.method().name());
			}
			catch (DiscoveryException ex) {
				// the exchange must not occupy the thread that found the instances
				return Mono.fromFuture(this.calls.isKnownElsewhere(serviceId))
					.publishOn(Schedulers.boundedElastic())
					.flatMap((known) -> known ? super.filter(request, next) : Mono.just(UnavailableResponse.of(ex)));
			}
			return attempt(call, ClientRequest.from(request).attribute(Call.ATTRIBUTE, call).build(), next);
		});
	}

	private Mono<ClientResponse> attempt(Call call, ClientRequest request, ExchangeFunction next) {
		SentBody body = new SentBody(request.body());
		int attempts = call.attempts();
		return super.filter(ClientRequest.from(request).body(body).build(),
				(chosen) -> exchange(call, chosen, body, next))
			.map((response) -> (call.attempts() > attempts) ? after(call, request, response, body, next)
					: Mono.just(unavailable(call, response)))
			.onErrorResume((failure) -> Mono.just(call.retries(failure, body.state()) ? attempt(call, request, next)
					: Mono.error(explained(failure, call, request))))
			.flatMap(Function.identity());
	}

	/** The exception of {@code WebClient} with an explanation, if there is one. */
	private static Throwable explained(Throwable failure, Call call, ClientRequest request) {
		UnresolvedNameException unresolved = call.unresolvedName(failure);
		return (unresolved != null)
				? new WebClientRequestException(unresolved, request.method(), request.url(), request.headers())
				: failure;
	}

	/** There was no instance. */
	private ClientResponse unavailable(Call call, ClientResponse response) {
		DiscoveryException reason = this.calls.unavailable(call);
		return (reason != null) ? UnavailableResponse.of(reason) : response;
	}

	/**
	 * Continues after an answer: with the response, or with another attempt.
	 */
	private Mono<ClientResponse> after(Call call, ClientRequest request, ClientResponse response, SentBody body,
			ExchangeFunction next) {
		if (!call.retries(response.statusCode().value(), body.state())) {
			return Mono.just(withIdleTimeout(call, response, call.timeouts().idle()));
		}
		return Mono.defer(response::releaseBody)
			.timeout(call.discardTimeout())
			.onErrorComplete()
			.then(attempt(call, request, next));
	}

	/**
	 * Sends the request to the chosen instance, within the time that is left, and closes
	 * the attempt.
	 */
	private static Mono<ClientResponse> exchange(Call call, ClientRequest chosen, SentBody body,
			ExchangeFunction next) {
		Mono<ClientResponse> exchange = TimedConnector.within(Mono.defer(() -> next.exchange(chosen)), call,
				chosen.url());
		Duration connect = call.timeouts().connect();
		if (connect != null) {
			Mono<Long> unconnected = Mono.delay(connect)
				.filter((tick) -> !body.isInserted())
				.switchIfEmpty(Mono.never());
			exchange = exchange.timeout(unconnected,
					Mono.error(() -> failure(new HttpConnectTimeoutException(call.unconnectedMessage()), chosen)));
		}
		exchange = WaitingAttempt.abandonable(exchange, call, body::state, (abandoned) -> failure(abandoned, chosen));
		Duration remaining = call.remaining();
		if (remaining != null) {
			exchange = exchange.timeout(remaining,
					Mono.error(() -> failure(new HttpTimeoutException(call.lateMessage()), chosen)));
		}
		return exchange.doOnNext((response) -> call.answered(response.statusCode().value()))
			.doOnError(call::failed)
			.doOnCancel(call::cancelled);
	}

	/** The exception of {@code WebClient} for failures of the network. */
	private static WebClientRequestException failure(HttpTimeoutException timeout, ClientRequest request) {
		return new WebClientRequestException(timeout, request.method(), request.url(), request.headers());
	}

	private static ClientResponse withIdleTimeout(Call call, ClientResponse response, @Nullable Duration idle) {
		if (idle == null) {
			return response;
		}
		try {
			return response.mutate().body((body) -> new IdleTimeoutBody(body, call, idle)).build();
		}
		catch (InvalidMediaTypeException ex) {
			// reading the response fails with it
			return response;
		}
	}

}
