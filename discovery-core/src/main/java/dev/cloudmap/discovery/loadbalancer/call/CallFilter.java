package dev.cloudmap.discovery.loadbalancer.call;

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
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.client.loadbalancer.Response;
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
import dev.cloudmap.discovery.loadbalancer.TriedInstances;

/**
 * Calls services for {@code WebClient}. Spring Cloud's filter, which it extends so that
 * it is injected also by that type, makes each attempt.
 */
public final class CallFilter extends ReactorLoadBalancerExchangeFilterFunction {

	private static final String CALL = CallFilter.class.getName() + ".call";

	private final ReactiveLoadBalancer.Factory<ServiceInstance> loadBalancers;

	private final Calls calls;

	/**
	 * Creates the filter.
	 * @param loadBalancers choose instances; not null
	 * @param transformers change the requests to them; not null
	 * @param calls begins calls; not null
	 */
	public CallFilter(ReactiveLoadBalancer.Factory<ServiceInstance> loadBalancers,
			List<LoadBalancerClientRequestTransformer> transformers, Calls calls) {
		super(loadBalancers, Stream.concat(transformers.stream(), Stream.of(CallFilter::sentTo)).toList());
		this.loadBalancers = loadBalancers;
		this.calls = calls;
	}

	private static ClientRequest sentTo(ClientRequest request, ServiceInstance instance) {
		request.attribute(CALL).ifPresent((call) -> ((Call) call).sentTo(instance));
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
			return attempt(call,
					ClientRequest.from(request)
						.attribute(CALL, call)
						.attribute(TriedInstances.ATTRIBUTE, call.tried())
						.build(),
					next);
		});
	}

	@Override
	protected Mono<Response<ServiceInstance>> choose(String serviceId, Request<RequestDataContext> request) {
		return super.choose(serviceId, request).doOnNext((response) -> WebClientAttempt.chosen(request, response));
	}

	private Mono<ClientResponse> attempt(Call call, ClientRequest request, ExchangeFunction next) {
		SentBody body = new SentBody(request.body());
		WebClientAttempt attempt = new WebClientAttempt(this.loadBalancers, request.url().getHost());
		ClientRequest sent = ClientRequest.from(request)
			.attribute(WebClientAttempt.ATTRIBUTE, attempt)
			.body(body)
			.build();
		int tried = call.tried().size();
		return super.filter(sent, (chosen) -> attempt.ending(exchange(call, chosen, body, next)))
			.map((response) -> (call.tried().size() > tried) ? next(call, request, response, body, next)
					: Mono.just(unavailable(request, response)))
			.onErrorResume((failure) -> Mono
				.just(call.retries(failure, body.state()) ? attempt(call, request, next) : Mono.error(failure)))
			.flatMap(Function.identity());
	}

	/** There was no instance. */
	private ClientResponse unavailable(ClientRequest request, ClientResponse response) {
		DiscoveryException reason = this.calls.unavailable(request.url().getHost());
		return (reason != null) ? UnavailableResponse.of(reason) : response;
	}

	/**
	 * What comes after a response: itself, or another attempt.
	 */
	private Mono<ClientResponse> next(Call call, ClientRequest request, ClientResponse response, SentBody body,
			ExchangeFunction next) {
		return call.retries(response.statusCode().value(), body.state()) ? Mono.defer(response::releaseBody)
			.timeout(call.toDiscard())
			.onErrorComplete()
			.then(attempt(call, request, next)) : Mono.just(unstalled(call, response, call.timeouts().idle()));
	}

	/**
	 * Sends the request to the chosen instance, within the time that is left. Whoever
	 * keeps the load balancer's statistics sees it end so.
	 */
	private static Mono<ClientResponse> exchange(Call call, ClientRequest chosen, SentBody body,
			ExchangeFunction next) {
		Mono<ClientResponse> exchange = TimedConnector.within(next.exchange(chosen), call, chosen.url());
		Duration connect = call.timeouts().connect();
		if (connect != null) {
			Mono<Long> unconnected = Mono.delay(connect)
				.filter((tick) -> !body.isAskedFor())
				.switchIfEmpty(Mono.never());
			exchange = exchange.timeout(unconnected,
					Mono.error(() -> failure(new HttpConnectTimeoutException(call.unconnectedMessage()), chosen)));
		}
		Duration remaining = call.remaining();
		return (remaining == null) ? exchange : exchange.timeout(remaining,
				Mono.error(() -> failure(new HttpTimeoutException(call.lateMessage()), chosen)));
	}

	/** As {@code WebClient} tells of what the network does. */
	private static WebClientRequestException failure(HttpTimeoutException timeout, ClientRequest request) {
		return new WebClientRequestException(timeout, request.method(), request.url(), request.headers());
	}

	private static ClientResponse unstalled(Call call, ClientResponse response, @Nullable Duration idle) {
		if (idle == null) {
			return response;
		}
		try {
			return response.mutate().body((body) -> new UnstalledBody(body, call, idle)).build();
		}
		catch (InvalidMediaTypeException ex) {
			// whoever reads it is told so
			return response;
		}
	}

}
