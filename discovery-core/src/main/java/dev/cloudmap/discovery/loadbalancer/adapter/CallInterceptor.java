package dev.cloudmap.discovery.loadbalancer.adapter;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;

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
import dev.cloudmap.discovery.loadbalancer.call.Call;
import dev.cloudmap.discovery.loadbalancer.call.Calls;
import dev.cloudmap.discovery.loadbalancer.name.UnresolvedNameException;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Calls services for {@code RestClient} and {@code RestTemplate}. Spring Cloud's
 * {@link LoadBalancerClient} makes each attempt. Extends Spring Cloud's interceptor, so
 * that it can be injected as that type.
 */
public final class CallInterceptor extends LoadBalancerInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(CallInterceptor.class);

	private final LoadBalancerClient loadBalancer;

	private final LoadBalancerRequestFactory requests;

	private final Calls calls;

	private final Timer timer;

	/**
	 * Creates the interceptor.
	 * @param loadBalancer chooses instances
	 * @param requests creates the requests to instances
	 * @param calls begins calls
	 * @param timer schedules deadlines
	 */
	public CallInterceptor(LoadBalancerClient loadBalancer, LoadBalancerRequestFactory requests, Calls calls,
			Timer timer) {
		super(loadBalancer, requests);
		this.loadBalancer = loadBalancer;
		this.requests = requests;
		this.calls = calls;
		this.timer = timer;
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
			ClientHttpResponse response = attempt(call, request, body, execution);
			if (response != null) {
				return response;
			}
		}
	}

	/**
	 * Sends the request to an instance.
	 * @return the response; null if the request is to be sent again
	 */
	private @Nullable ClientHttpResponse attempt(Call call, HttpRequest request, byte[] body,
			ClientHttpRequestExecution execution) throws IOException {
		ClientHttpResponse response;
		int attempts = call.attempts();
		try {
			response = call.within(() -> this.loadBalancer.execute(call.serviceId(), new AttemptRequest(call, request,
					this.requests.createRequest(request, body, execution), this.timer)));
		}
		catch (IOException | RuntimeException ex) {
			DiscoveryException reason = (ex instanceof IllegalStateException && call.attempts() == attempts)
					? this.calls.unavailable(call) : null;
			if (reason != null) {
				throw reason;
			}
			if (call.retries(ex, Call.Body.REPEATABLE)) {
				return null;
			}
			UnresolvedNameException unresolved = call.unresolvedName(ex);
			if (unresolved != null) {
				throw unresolved;
			}
			throw ex;
		}
		if (call.retries(response.getStatusCode().value(), Call.Body.REPEATABLE)) {
			discard(response, call);
			return null;
		}
		Duration idle = call.timeouts().idle();
		return (idle != null) ? new IdleTimeoutResponse(response, call, idle, this.timer) : response;
	}

	/**
	 * Closes the body before the response: it discards what has arrived, so that the
	 * connection can be reused, and does not wait for the rest. Clients whose bodies do
	 * wait are interrupted.
	 */
	private void discard(ClientHttpResponse response, Call call) {
		try {
			ThreadDeadline.run(this.timer, call.discardTimeout(), call::idleMessage, () -> {
			}, () -> {
				try (response) {
					response.getBody().close();
				}
				return true;
			});
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("The response to {} that is not used can't be closed: {}", call, ex.toString());
		}
	}

	/**
	 * The request to the chosen instance.
	 */
	private record AttemptRequest(Call call, HttpRequest request, LoadBalancerRequest<ClientHttpResponse> delegate,
			Timer timer) implements HttpRequestLoadBalancerRequest<ClientHttpResponse> {

		@Override
		public HttpRequest getHttpRequest() {
			return this.request;
		}

		@Override
		public ClientHttpResponse apply(ServiceInstance instance) throws Exception {
			this.call.sentTo(instance);
			try {
				return ThreadDeadline.attempt(this.timer, this.call, () -> answered(instance));
			}
			catch (Exception ex) {
				this.call.failed(ex);
				throw ex;
			}
		}

		/**
		 * Some clients return a response early, and wait for it when its status is read.
		 */
		private ClientHttpResponse answered(ServiceInstance instance) throws Exception {
			ClientHttpResponse response = this.delegate.apply(instance);
			try {
				this.call.answered(response.getStatusCode().value());
				return response;
			}
			catch (Exception ex) {
				response.close();
				throw ex;
			}
		}

	}

}
