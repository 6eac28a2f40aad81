package dev.cloudmap.discovery.actuate;

import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.reactive.LoadBalancerClientRequestTransformer;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientRequestObservationContext;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;

/**
 * Adds the chosen instance to the observations of {@code WebClient}. The observation is
 * in Reactor's context, which the load balancer's filter does not have: an attribute of
 * the request passes the instance to this filter, which comes after it.
 */
public final class ReactiveObservation implements LoadBalancerClientRequestTransformer, ExchangeFilterFunction,
		BeanPostProcessor, WebClientHttpServiceGroupConfigurer {

	private static final String CHOSEN = ReactiveObservation.class.getName() + ".chosen";

	@Override
	public ClientRequest transformRequest(ClientRequest request, ServiceInstance instance) {
		return ClientRequest.from(request).attribute(CHOSEN, instance).build();
	}

	/**
	 * Spring Cloud adds its filter before the initialization.
	 */
	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof WebClient.Builder builder) ? builder.filter(this) : bean;
	}

	@Override
	public void configureGroups(Groups<WebClient.Builder> groups) {
		groups.forEachClient((group, builder) -> builder.filter(this));
	}

	/** After Spring Cloud's. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		return Mono.deferContextual((context) -> {
			request.attribute(CHOSEN).ifPresent((chosen) -> add(context, (ServiceInstance) chosen));
			return next.exchange(request);
		});
	}

	private void add(ContextView context, ServiceInstance chosen) {
		Observation observation = context.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
		if (observation != null && observation.getContextView() instanceof ClientRequestObservationContext) {
			observation.highCardinalityKeyValues(ObservedInstance.keyValues(chosen));
		}
	}

}
