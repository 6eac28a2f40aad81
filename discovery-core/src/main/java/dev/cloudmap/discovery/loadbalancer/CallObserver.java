package dev.cloudmap.discovery.loadbalancer;

import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.LoadBalancerLifecycle;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.client.loadbalancer.ResponseData;
import org.springframework.cloud.client.loadbalancer.TimedRequestContext;
import org.springframework.http.HttpHeaders;
import org.springframework.util.ClassUtils;
import org.springframework.web.servlet.function.ServerResponse;

import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;
import dev.cloudmap.discovery.loadbalancer.outlier.Attempt;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.loadbalancer.outlier.CallOutcome;

/**
 * Begins and closes the attempts of clients for which this library has no adapter: Spring
 * Cloud Gateway on Spring MVC, web sockets, and Spring Cloud's own retries. Where an
 * adapter has done so before, it changes nothing. Instances that another load balancer
 * has chosen have no attempt: their requests are reported to the listener only.
 */
public final class CallObserver implements LoadBalancerLifecycle<Object, Object, ServiceInstance> {

	/** Spring Cloud Gateway on Spring MVC completes calls with its own response. */
	static final String SERVER_RESPONSE = "org.springframework.web.servlet.function.ServerResponse";

	private static final boolean WEB_MVC_PRESENT = ClassUtils.isPresent(SERVER_RESPONSE,
			CallObserver.class.getClassLoader());

	private final InstanceCatalog catalog;

	private final CallListener listener;

	private final LongSupplier ticker;

	/**
	 * Creates the observer.
	 * @param catalog the catalog, which refreshes services with unreachable instances
	 * @param listener receives requests to instances of other load balancers
	 * @param ticker the monotonic time in nanoseconds
	 */
	public CallObserver(InstanceCatalog catalog, CallListener listener, LongSupplier ticker) {
		this.catalog = catalog;
		this.listener = listener;
		this.ticker = ticker;
	}

	@Override
	public void onStart(Request<Object> request) {
	}

	@Override
	public void onStartRequest(Request<Object> request, Response<ServiceInstance> response) {
		ServiceInstance server = response.getServer();
		if (server == null) {
			return;
		}
		Attempt attempt = Attempt.of(server);
		CatalogServiceInstance instance = (attempt == null) ? this.catalog.catalogInstance(server) : null;
		if (attempt != null && isWebSocket(request)) {
			attempt.beginLasting();
		}
		else if (attempt != null) {
			attempt.begin();
		}
		else if (instance != null && request.getContext() instanceof TimedRequestContext timed) {
			long now = this.ticker.getAsLong();
			timed.setRequestStartTime(now);
			this.listener.began(instance.service(), instance.getInstanceId(), now);
		}
	}

	private static boolean isWebSocket(Request<Object> request) {
		if (!(request.getContext() instanceof RequestDataContext context)) {
			return false;
		}
		HttpHeaders headers = (context.getClientRequest() != null) ? context.getClientRequest().getHeaders() : null;
		return headers != null && "websocket".equalsIgnoreCase(headers.getUpgrade());
	}

	@Override
	public void onComplete(CompletionContext<Object, ServiceInstance, Object> completion) {
		Response<ServiceInstance> response = completion.getLoadBalancerResponse();
		ServiceInstance server = (response != null) ? response.getServer() : null;
		if (server == null) {
			return;
		}
		int status = status(completion);
		CallOutcome outcome = outcome(completion, status);
		Attempt attempt = Attempt.of(server);
		if (attempt != null) {
			attempt.close(outcome, status);
			return;
		}
		if (outcome == CallOutcome.NOT_CONNECTED) {
			this.catalog.suspect(server);
		}
		Request<?> request = completion.getLoadBalancerRequest();
		CatalogServiceInstance instance = this.catalog.catalogInstance(server);
		if (instance != null && request != null && request.getContext() instanceof TimedRequestContext timed
				&& timed.getRequestStartTime() != 0) {
			this.listener.ended(instance.service(), instance.getInstanceId(),
					new Attempt.Ending(outcome, status, timed.getRequestStartTime(), this.ticker.getAsLong()));
		}
	}

	/** Spring Cloud reports a status of 500 to a blocking client as a success. */
	private static CallOutcome outcome(CompletionContext<?, ?, ?> completion, int status) {
		if (status != Attempt.NONE) {
			return CallOutcome.ofStatus(status);
		}
		return switch (completion.status()) {
			case SUCCESS -> CallOutcome.ANSWERED;
			case DISCARD -> CallOutcome.UNKNOWN;
			case FAILED -> CallOutcome.ofFailure(completion.getThrowable());
		};
	}

	private static int status(CompletionContext<?, ?, ?> completion) {
		Object response = completion.getClientResponse();
		if (response instanceof ResponseData data && data.getHttpStatus() != null) {
			return data.getHttpStatus().value();
		}
		return WEB_MVC_PRESENT ? WebMvc.status(response) : Attempt.NONE;
	}

	/** A class of its own, since Spring MVC need not be present. */
	private static final class WebMvc {

		private static int status(@Nullable Object response) {
			return (response instanceof ServerResponse answer) ? answer.statusCode().value() : Attempt.NONE;
		}

	}

}
