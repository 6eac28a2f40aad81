package dev.cloudmap.discovery.actuate;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.LoadBalancerRequestTransformer;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.observation.ClientRequestObservationContext;

import dev.cloudmap.discovery.catalog.InstanceCatalog;

/**
 * Adds the chosen instance to the observations of {@code RestClient} and
 * {@code RestTemplate}, which are current while the request is sent.
 */
public final class BlockingObservation implements LoadBalancerRequestTransformer {

	private final ObservationRegistry observations;

	private final ObservedInstance instance;

	/**
	 * Creates what adds it.
	 * @param observations where observations are current; not null
	 * @param catalog knows the instances; not null
	 */
	public BlockingObservation(ObservationRegistry observations, InstanceCatalog catalog) {
		this.observations = observations;
		this.instance = new ObservedInstance(catalog);
	}

	@Override
	public HttpRequest transformRequest(HttpRequest request, @Nullable ServiceInstance chosen) {
		Observation current = this.observations.getCurrentObservation();
		// of a client that is not observed it would be that of its caller
		if (chosen != null && current != null && current.getContextView() instanceof ClientRequestObservationContext) {
			this.instance.tell(current, chosen);
		}
		return request;
	}

}
