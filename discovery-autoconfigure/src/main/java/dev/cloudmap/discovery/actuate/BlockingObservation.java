package dev.cloudmap.discovery.actuate;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.LoadBalancerRequestTransformer;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.observation.ClientRequestObservationContext;

/**
 * Adds the chosen instance to the observations of {@code RestClient} and
 * {@code RestTemplate}, which are current while the request is sent.
 */
public final class BlockingObservation implements LoadBalancerRequestTransformer {

	private final ObservationRegistry observations;

	/**
	 * Creates the transformer.
	 * @param observations the registry with the current observation
	 */
	public BlockingObservation(ObservationRegistry observations) {
		this.observations = observations;
	}

	@Override
	public HttpRequest transformRequest(HttpRequest request, @Nullable ServiceInstance chosen) {
		Observation current = this.observations.getCurrentObservation();
		// that of the caller, if the client is not observed
		if (chosen != null && current != null && current.getContextView() instanceof ClientRequestObservationContext) {
			current.highCardinalityKeyValues(ObservedInstance.keyValues(chosen));
		}
		return request;
	}

}
