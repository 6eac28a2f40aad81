package dev.cloudmap.discovery.loadbalancer.adapter;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import feign.Client;
import feign.Request;
import feign.Response;
import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.cloud.openfeign.loadbalancer.FeignBlockingLoadBalancerClient;
import org.springframework.cloud.openfeign.loadbalancer.LoadBalancerFeignRequestTransformer;
import org.springframework.http.HttpStatus;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.UrlHost;
import dev.cloudmap.discovery.loadbalancer.call.Call;
import dev.cloudmap.discovery.loadbalancer.call.Calls;
import dev.cloudmap.discovery.loadbalancer.name.UnresolvedNameException;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Calls services for OpenFeign. Spring Cloud's client, which it extends so that clients
 * with a URL still find the delegate, makes each attempt.
 */
public final class CallFeignClient extends FeignBlockingLoadBalancerClient {

	private final Calls calls;

	private final Client delegate;

	/**
	 * Creates the client.
	 * @param delegate calls an address
	 * @param loadBalancer chooses instances
	 * @param factory the settings of Spring Cloud LoadBalancer
	 * @param transformers change the requests to instances
	 * @param calls begins calls
	 * @param timer schedules deadlines
	 */
	public CallFeignClient(Client delegate, LoadBalancerClient loadBalancer, LoadBalancerClientFactory factory,
			List<LoadBalancerFeignRequestTransformer> transformers, Calls calls, Timer timer) {
		super(sending(DisconnectingFeignClient.replacing(delegate), timer), loadBalancer, factory, transformers);
		this.delegate = delegate;
		this.calls = calls;
	}

	private static Client sending(Client delegate, Timer timer) {
		return (request, options) -> send(delegate, request, options, timer);
	}

	/**
	 * Sends the request to the chosen instance, within Spring Cloud's client.
	 */
	private static Response send(Client delegate, Request request, Request.Options options, Timer timer)
			throws IOException {
		Call call = Call.current();
		if (call == null) {
			return delegate.execute(request, options);
		}
		try {
			Response response = ThreadDeadline.attempt(timer, call, () -> delegate.execute(request, options));
			call.answered(response.status());
			return response;
		}
		catch (IOException | RuntimeException ex) {
			call.failed(ex);
			throw ex;
		}
	}

	@Override
	public Client getDelegate() {
		return this.delegate;
	}

	@Override
	protected Request buildRequest(Request request, String url, ServiceInstance instance) {
		Call call = Call.current();
		if (call != null) {
			call.sentTo(instance);
		}
		return super.buildRequest(request, url, instance);
	}

	@Override
	public Response execute(Request request, Request.Options options) throws IOException {
		URI uri = URI.create(request.url());
		String serviceId = uri.getHost();
		if (serviceId == null) {
			throw UrlHost.missing(uri);
		}
		Call call;
		try {
			call = this.calls.begin(serviceId, request.httpMethod().name());
		}
		catch (DiscoveryException ex) {
			return this.calls.isKnownElsewhere(serviceId).join() ? super.execute(request, options)
					: unavailable(request, ex);
		}
		while (true) {
			Response response = attempt(call, request, options);
			if (response != null) {
				return response;
			}
		}
	}

	/**
	 * Sends the request to an instance.
	 * @return the response; null if the request is to be sent again
	 */
	private @Nullable Response attempt(Call call, Request request, Request.Options options) throws IOException {
		Response response;
		int attempts = call.attempts();
		try {
			response = call.within(() -> super.execute(request, within(call, options)));
		}
		catch (IOException | RuntimeException ex) {
			if (call.retries(ex, Call.Body.REPEATABLE)) {
				return null;
			}
			UnresolvedNameException unresolved = call.unresolvedName(ex);
			if (unresolved != null) {
				throw unresolved;
			}
			throw ex;
		}
		if (call.attempts() == attempts) {
			DiscoveryException reason = this.calls.unavailable(call);
			return (reason != null) ? unavailable(request, reason) : response;
		}
		if (call.retries(response.status(), Call.Body.REPEATABLE)) {
			response.close();
			return null;
		}
		return response;
	}

	/** Like the response of Spring Cloud's client without an instance. */
	private static Response unavailable(Request request, DiscoveryException reason) {
		return Response.builder()
			.request(request)
			.status(HttpStatus.SERVICE_UNAVAILABLE.value())
			.reason(HttpStatus.SERVICE_UNAVAILABLE.getReasonPhrase())
			.headers(Map.of())
			.body(String.valueOf(reason.getMessage()), StandardCharsets.UTF_8)
			.build();
	}

	/**
	 * The shorter of Feign's own timeouts and those of the call.
	 */
	private static Request.Options within(Call call, Request.Options options) {
		return new Request.Options(
				shorter(options.connectTimeout(), options.connectTimeoutUnit(), call.timeouts().connect()),
				TimeUnit.MILLISECONDS, shorter(options.readTimeout(), options.readTimeoutUnit(), call.readTimeout()),
				TimeUnit.MILLISECONDS, options.isFollowRedirects());
	}

	/** For Feign, 0 is without limit. */
	private static long shorter(long own, TimeUnit unit, @Nullable Duration limit) {
		long millis = unit.toMillis(own);
		if (limit == null) {
			return millis;
		}
		long longest = Math.max(1, limit.toMillis());
		return (millis > 0) ? Math.min(millis, longest) : longest;
	}

}
