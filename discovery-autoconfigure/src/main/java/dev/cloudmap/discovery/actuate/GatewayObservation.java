package dev.cloudmap.discovery.actuate;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.gateway.filter.headers.observation.GatewayContext;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;

/**
 * Adds the chosen instance to the observations of Spring Cloud Gateway on WebFlux, whose
 * contexts have the exchange.
 */
public final class GatewayObservation implements ObservationFilter {

	@Override
	public Observation.Context map(Observation.Context context) {
		if (context instanceof GatewayContext gateway) {
			Response<ServiceInstance> chosen = gateway.getServerWebExchange()
				.getAttribute(ServerWebExchangeUtils.GATEWAY_LOADBALANCER_RESPONSE_ATTR);
			ServiceInstance instance = (chosen != null) ? chosen.getServer() : null;
			if (instance != null) {
				context.addHighCardinalityKeyValues(ObservedInstance.keyValues(instance));
			}
		}
		return context;
	}

}
