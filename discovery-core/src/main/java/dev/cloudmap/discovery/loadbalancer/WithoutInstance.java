package dev.cloudmap.discovery.loadbalancer;

import org.jspecify.annotations.Nullable;
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
		if (isOfGatewayMvc(request)) {
			// its own exception would be answered with status 500
			return Mono.error(new GatewayUnavailableException(failure));
		}
		RequestData data = data(request);
		// Spring Cloud's retries for RestTemplate or RestClient: those of WebClient
		// have attributes, and those of Feign no cookies
		if (data != null && data.getAttributes() != null && request.getContext() instanceof RetryableRequestContext
				&& data.getAttributes().isEmpty() && data.getCookies() != null) {
			// its own exception would say only that there is no instance
			return Mono.error(failure);
		}
		logger.debug("There is no instance for a request: {}", failure.getMessage());
		return EMPTY;
	}

	/**
	 * Whether Spring Cloud Gateway on Spring MVC sends a request.
	 */
	static boolean isOfGatewayMvc(Request<?> request) {
		RequestData data = data(request);
		return data != null && data.getAttributes() != null && data.getAttributes().containsKey(GATEWAY_MVC);
	}

	private static @Nullable RequestData data(Request<?> request) {
		return (request.getContext() instanceof RequestDataContext context) ? context.getClientRequest() : null;
	}

}
