package dev.cloudmap.discovery.loadbalancer.call;

import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.LoadBalancerLifecycle;
import org.springframework.cloud.client.loadbalancer.LoadBalancerLifecycleValidator;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.client.loadbalancer.ResponseData;
import org.springframework.cloud.client.loadbalancer.reactive.ReactiveLoadBalancer;
import org.springframework.web.reactive.function.client.ClientResponse;

/**
 * An attempt of {@code WebClient}, to tell the load balancer's life-cycle when its
 * subscriber cancels it, which Spring Cloud's filter does not.
 */
final class WebClientAttempt {

	/** The name of the request's attribute that is the attempt. */
	static final String ATTRIBUTE = WebClientAttempt.class.getName();

	private final ReactiveLoadBalancer.Factory<ServiceInstance> loadBalancers;

	private final String serviceId;

	private final AtomicBoolean ended = new AtomicBoolean();

	private volatile @Nullable Chosen chosen;

	WebClientAttempt(ReactiveLoadBalancer.Factory<ServiceInstance> loadBalancers, String serviceId) {
		this.loadBalancers = loadBalancers;
		this.serviceId = serviceId;
	}

	/**
	 * The load balancer has chosen for it.
	 */
	static void chosen(Request<RequestDataContext> request, Response<ServiceInstance> response) {
		RequestDataContext context = request.getContext();
		RequestData data = (context != null) ? context.getClientRequest() : null;
		if (data != null && data.getAttributes() != null
				&& data.getAttributes().get(ATTRIBUTE) instanceof WebClientAttempt attempt) {
			attempt.chosen = new Chosen(request, response);
		}
	}

	/**
	 * An exchange that the life-cycle sees end once, by its own signals or by a
	 * cancellation.
	 * @param exchange sends the request; not null
	 */
	Mono<ClientResponse> ending(Mono<ClientResponse> exchange) {
		return exchange.flatMap((response) -> ends() ? Mono.just(response) : response.releaseBody().then(Mono.never()))
			.onErrorResume((failure) -> ends() ? Mono.error(failure) : Mono.never())
			.doOnCancel(this::cancelled);
	}

	private boolean ends() {
		return this.ended.compareAndSet(false, true);
	}

	@SuppressWarnings({ "rawtypes", "unchecked" })
	private void cancelled() {
		Chosen chosen = this.chosen;
		if (chosen != null && ends()) {
			CompletionContext<ResponseData, ServiceInstance, RequestDataContext> discarded = new CompletionContext<>(
					CompletionContext.Status.DISCARD, chosen.request(), chosen.response());
			for (LoadBalancerLifecycle lifecycle : lifecycles()) {
				lifecycle.onComplete(discarded);
			}
		}
	}

	/** As Spring Cloud's filter finds them. */
	@SuppressWarnings("rawtypes")
	private Set<LoadBalancerLifecycle> lifecycles() {
		return LoadBalancerLifecycleValidator.getSupportedLifecycleProcessors(
				this.loadBalancers.getInstances(this.serviceId, LoadBalancerLifecycle.class), RequestDataContext.class,
				ResponseData.class, ServiceInstance.class);
	}

	/**
	 * What was chosen for which request.
	 */
	private record Chosen(Request<RequestDataContext> request, Response<ServiceInstance> response) {
	}

}
