package dev.cloudmap.discovery.loadbalancer.call;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.HttpRequestLoadBalancerRequest;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.cloud.client.loadbalancer.LoadBalancerInterceptor;
import org.springframework.cloud.client.loadbalancer.LoadBalancerRequest;
import org.springframework.cloud.client.loadbalancer.LoadBalancerRequestFactory;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpResponse;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.UrlHost;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Calls services for {@code RestClient} and {@code RestTemplate}. Spring Cloud's
 * {@link LoadBalancerClient} makes each attempt. It extends Spring Cloud's interceptor so
 * that it is injected also by that type.
 */
public final class CallInterceptor extends LoadBalancerInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(CallInterceptor.class);

	private final LoadBalancerClient loadBalancer;

	private final LoadBalancerRequestFactory requests;

	private final Calls calls;

	private final Timer timer;

	private final LongSupplier ticker;

	/**
	 * Creates the interceptor.
	 * @param loadBalancer chooses instances; not null
	 * @param requests makes the requests to them; not null
	 * @param calls begins calls; not null
	 * @param timer ends those that take too long; not null
	 * @param ticker the time in nanoseconds, which never goes back; not null
	 */
	public CallInterceptor(LoadBalancerClient loadBalancer, LoadBalancerRequestFactory requests, Calls calls,
			Timer timer, LongSupplier ticker) {
		super(loadBalancer, requests);
		this.loadBalancer = loadBalancer;
		this.requests = requests;
		this.calls = calls;
		this.timer = timer;
		this.ticker = ticker;
	}

	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		URI uri = request.getURI();
		String serviceId = uri.getHost();
		if (serviceId == null) {
			throw UrlHost.missing(uri);
		}
		Call call;
		try {
			call = this.calls.begin(serviceId, request.getMethod().name());
		}
		catch (InvalidNameException ex) {
			if (this.calls.isKnownElsewhere(serviceId).join()) {
				return super.intercept(request, body, execution);
			}
			throw ex;
		}
		while (true) {
			ClientHttpResponse response = attempt(serviceId, call, request, body, execution);
			if (response != null) {
				return response;
			}
		}
	}

	/**
	 * Sends the request to an instance.
	 * @return the response; null if it is to be sent to another one
	 */
	private @Nullable ClientHttpResponse attempt(String serviceId, Call call, HttpRequest request, byte[] body,
			ClientHttpRequestExecution execution) throws IOException {
		ClientHttpResponse response;
		int tried = call.tried().size();
		try {
			response = CallScope.within(call, () -> this.loadBalancer.execute(serviceId,
					new Attempt(call, request, this.requests.createRequest(request, body, execution))));
		}
		catch (IOException | RuntimeException ex) {
			if (ex instanceof IllegalStateException && call.tried().size() == tried) {
				DiscoveryException reason = this.calls.unavailable(serviceId);
				if (reason != null) {
					throw reason;
				}
			}
			if (call.retries(ex, Call.Body.REPEATABLE)) {
				return null;
			}
			throw ex;
		}
		if (call.retries(response.getStatusCode().value(), Call.Body.REPEATABLE)) {
			discard(response, call);
			return null;
		}
		return unstalled(response, call, call.timeouts().idle());
	}

	/**
	 * Closes a response that is not wanted: its body first, which then takes what has
	 * come of it, so that its connection can be used again, but waits for nothing more.
	 * Clients whose bodies do wait are interrupted.
	 */
	private void discard(ClientHttpResponse response, Call call) {
		try {
			Interruption.after(this.timer, call.toDiscard(), () -> {
				try (response) {
					response.getBody().close();
				}
				return true;
			});
		}
		catch (Exception ex) {
			logger.debug("An answer to {} that is not wanted can't be closed: {}", call, ex.toString());
		}
	}

	private ClientHttpResponse unstalled(ClientHttpResponse response, Call call, @Nullable Duration idle) {
		return (idle != null) ? new UnstalledResponse(response, call, idle, this.timer, this.ticker) : response;
	}

	/**
	 * What is sent to the instance that is chosen, within the time that is left.
	 */
	private final class Attempt implements HttpRequestLoadBalancerRequest<ClientHttpResponse> {

		private final Call call;

		private final HttpRequest request;

		private final LoadBalancerRequest<ClientHttpResponse> delegate;

		Attempt(Call call, HttpRequest request, LoadBalancerRequest<ClientHttpResponse> delegate) {
			this.call = call;
			this.request = request;
			this.delegate = delegate;
		}

		@Override
		public HttpRequest getHttpRequest() {
			return this.request;
		}

		@Override
		public ClientHttpResponse apply(ServiceInstance instance) throws Exception {
			this.call.sentTo(instance);
			return Interruption.await(this.call, CallInterceptor.this.timer, () -> answered(instance));
		}

		/**
		 * Some clients give a response before there is one, and wait for it when asked
		 * for its status.
		 */
		private ClientHttpResponse answered(ServiceInstance instance) throws Exception {
			ClientHttpResponse response = this.delegate.apply(instance);
			try {
				response.getStatusCode();
				return response;
			}
			catch (Exception ex) {
				response.close();
				throw ex;
			}
		}

	}

}
