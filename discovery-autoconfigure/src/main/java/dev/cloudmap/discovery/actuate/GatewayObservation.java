package dev.cloudmap.discovery.actuate;

import java.util.function.Supplier;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.gateway.filter.headers.observation.GatewayContext;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;

import dev.cloudmap.discovery.catalog.InstanceCatalog;

/**
 * Adds the chosen instance to the observations of the requests that Spring Cloud Gateway
 * on WebFlux sends, which know their exchange.
 */
public final class GatewayObservation implements ObservationFilter {

	private final Supplier<InstanceCatalog> catalog;

	/**
	 * Creates what adds it.
	 * @param catalog knows the instances, and is asked for when there are any; not null
	 */
	public GatewayObservation(Supplier<InstanceCatalog> catalog) {
		this.catalog = catalog;
	}

	@Override
	public Observation.Context map(Observation.Context context) {
		if (context instanceof GatewayContext gateway) {
			Response<ServiceInstance> chosen = gateway.getServerWebExchange()
				.getAttribute(ServerWebExchangeUtils.GATEWAY_LOADBALANCER_RESPONSE_ATTR);
			ServiceInstance instance = (chosen != null) ? chosen.getServer() : null;
			if (instance != null) {
				context.addHighCardinalityKeyValues(new ObservedInstance(this.catalog.get()).keyValues(instance));
			}
		}
		return context;
	}

}
