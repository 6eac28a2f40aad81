package dev.cloudmap.discovery.loadbalancer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.EmptyResponse;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.client.loadbalancer.RetryableRequestContext;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * The load balancer's response when a service cannot be called: no instance, so that each
 * client of Spring Cloud fails with its usual type of exception.
 */
final class WithoutInstance {

	private static final Logger logger = LoggerFactory.getLogger(WithoutInstance.class);

	/** An attribute of the requests of Spring Cloud Gateway on Spring MVC. */
	private static final String GATEWAY_MVC = "GatewayServerMvc.gatewayOriginalRequestUrl";

	private static final Mono<Response<ServiceInstance>> EMPTY = Mono.just(new EmptyResponse());

	private WithoutInstance() {
	}

	static Mono<Response<ServiceInstance>> response(Request<?> request, DiscoveryException failure) {
		RequestData data = (request.getContext() instanceof RequestDataContext context) ? context.getClientRequest()
				: null;
		if (data != null && data.getAttributes() != null) {
			if (data.getAttributes().containsKey(GATEWAY_MVC)) {
				// its own exception would be answered with status 500
				return Mono.error(new GatewayUnavailableException(failure));
			}
			// Spring Cloud's retries for RestTemplate or RestClient: those of WebClient
			// have attributes, and those of Feign no cookies
			if (request.getContext() instanceof RetryableRequestContext && data.getAttributes().isEmpty()
					&& data.getCookies() != null) {
				// its own exception would say only that there is no instance
				return Mono.error(failure);
			}
		}
		logger.debug("There is no instance for a request: {}", failure.getMessage());
		return EMPTY;
	}

}
