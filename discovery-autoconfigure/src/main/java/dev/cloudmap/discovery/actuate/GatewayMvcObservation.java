package dev.cloudmap.discovery.actuate;

import java.net.URI;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.LoadBalancerLifecycle;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.observation.ClientRequestObservationContext;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

import dev.cloudmap.discovery.loadbalancer.outlier.Attempt;

/**
 * Adds the chosen instance to the observations of Spring Cloud Gateway on Spring MVC. An
 * attribute of the server's request passes the instance from the gateway's load balancer
 * filter to the observation of the client's request.
 */
public final class GatewayMvcObservation
		implements LoadBalancerLifecycle<Object, Object, ServiceInstance>, ObservationFilter {

	private static final String CHOSEN = GatewayMvcObservation.class.getName() + ".chosen";

	@Override
	public void onStart(Request<Object> request) {
	}

	@Override
	public void onStartRequest(Request<Object> request, Response<ServiceInstance> response) {
		RequestAttributes attributes = RequestContextHolder.getRequestAttributes();
		ServiceInstance server = response.getServer();
		// the gateway wraps the instance
		Attempt attempt = (server != null) ? Attempt.of(server) : null;
		if (attributes != null && attempt != null) {
			attributes.setAttribute(CHOSEN, attempt, RequestAttributes.SCOPE_REQUEST);
		}
	}

	@Override
	public void onComplete(CompletionContext<Object, ServiceInstance, Object> completion) {
	}

	@Override
	public Observation.Context map(Observation.Context context) {
		RequestAttributes attributes = RequestContextHolder.getRequestAttributes();
		if (attributes != null && context instanceof ClientRequestObservationContext client
				&& client.getCarrier() != null
				&& attributes.getAttribute(CHOSEN, RequestAttributes.SCOPE_REQUEST) instanceof Attempt chosen
				&& isSentTo(chosen, client.getCarrier())) {
			context.addHighCardinalityKeyValues(ObservedInstance.keyValues(chosen));
		}
		return context;
	}

	/** The server's request may cause other requests. */
	private static boolean isSentTo(ServiceInstance instance, ClientHttpRequest request) {
		URI uri = request.getURI();
		return instance.getHost().equalsIgnoreCase(uri.getHost()) && instance.getPort() == uri.getPort();
	}

}
