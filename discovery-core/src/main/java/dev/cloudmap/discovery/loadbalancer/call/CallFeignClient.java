package dev.cloudmap.discovery.loadbalancer.call;

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
import dev.cloudmap.discovery.thread.Timer;

/**
 * Calls services for OpenFeign: around Spring Cloud's client, which makes each attempt.
 * It is one itself, so that clients with an address of their own still find the delegate.
 */
public final class CallFeignClient extends FeignBlockingLoadBalancerClient {

	private final Calls calls;

	private final Client delegate;

	/**
	 * Creates the client.
	 * @param delegate calls an address; not null
	 * @param loadBalancer chooses instances; not null
	 * @param factory knows the settings of Spring Cloud LoadBalancer; not null
	 * @param transformers change the requests to instances; not null
	 * @param calls begins calls; not null
	 * @param timer ends those that take too long; not null
	 */
	public CallFeignClient(Client delegate, LoadBalancerClient loadBalancer, LoadBalancerClientFactory factory,
			List<LoadBalancerFeignRequestTransformer> transformers, Calls calls, Timer timer) {
		super((request, options) -> inTime(delegate, request, options, timer), loadBalancer, factory, transformers);
		this.delegate = delegate;
		this.calls = calls;
	}

	/**
	 * Waits for the answer for as long as the call may take, within the load balancer's
	 * client, which tells how that ends.
	 */
	private static Response inTime(Client delegate, Request request, Request.Options options, Timer timer)
			throws IOException {
		Call call = CallScope.current();
		if (call == null) {
			return delegate.execute(request, options);
		}
		try {
			return Interruption.await(call, timer, () -> delegate.execute(request, options));
		}
		catch (IOException | RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IOException(ex);
		}
	}

	@Override
	public Client getDelegate() {
		return this.delegate;
	}

	@Override
	protected Request buildRequest(Request request, String url, ServiceInstance instance) {
		Call call = CallScope.current();
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
			Response response = attempt(serviceId, call, request, options);
			if (response != null) {
				return response;
			}
		}
	}

	/**
	 * Sends the request to an instance.
	 * @return the response; null if it is to be sent to another one
	 */
	private @Nullable Response attempt(String serviceId, Call call, Request request, Request.Options options)
			throws IOException {
		Response response;
		int tried = call.tried().size();
		try {
			response = CallScope.within(call, () -> super.execute(request, within(call, options)));
		}
		catch (IOException | RuntimeException ex) {
			if (call.retries(ex, Call.Body.REPEATABLE)) {
				return null;
			}
			throw ex;
		}
		if (call.tried().size() == tried) {
			DiscoveryException reason = this.calls.unavailable(serviceId);
			return (reason != null) ? unavailable(request, reason) : response;
		}
		if (call.retries(response.status(), Call.Body.REPEATABLE)) {
			response.close();
			return null;
		}
		return response;
	}

	/** As Spring Cloud's client answers without an instance. */
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
	 * Feign's own time-outs, or the service's where those are shorter.
	 */
	private static Request.Options within(Call call, Request.Options options) {
		return new Request.Options(
				shorter(options.connectTimeout(), options.connectTimeoutUnit(), call.timeouts().connect()),
				TimeUnit.MILLISECONDS, shorter(options.readTimeout(), options.readTimeoutUnit(), call.patience()),
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
