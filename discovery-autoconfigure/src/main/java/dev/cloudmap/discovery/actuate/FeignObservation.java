package dev.cloudmap.discovery.actuate;

import feign.Request;
import feign.RequestTemplate;
import feign.micrometer.FeignContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.openfeign.loadbalancer.LoadBalancerFeignRequestTransformer;

/**
 * Adds the chosen instance to the observations of OpenFeign. Its observation is not
 * current while the request is sent, but ends on the same thread. After retries the
 * instance is that of the last attempt.
 */
public final class FeignObservation implements LoadBalancerFeignRequestTransformer, ObservationFilter {

	private static final ThreadLocal<@Nullable Sent> SENT = new ThreadLocal<>();

	@Override
	public Request transformRequest(Request request, ServiceInstance instance) {
		if (request.requestTemplate() != null) {
			SENT.set(new Sent(request.requestTemplate(), instance));
		}
		return request;
	}

	@Override
	@SuppressWarnings("ReferenceEquality")
	public Observation.Context map(Observation.Context context) {
		if (context instanceof FeignContext feign) {
			Sent last = SENT.get();
			Request request = feign.getCarrier();
			SENT.remove();
			// another one is that of a client that is not observed
			if (last != null && request != null && request.requestTemplate() == last.template()) {
				context.addHighCardinalityKeyValues(ObservedInstance.keyValues(last.instance()));
			}
		}
		return context;
	}

	private record Sent(RequestTemplate template, ServiceInstance instance) {
	}

}
