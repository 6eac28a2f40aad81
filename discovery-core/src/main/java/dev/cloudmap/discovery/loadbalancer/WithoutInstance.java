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
		if (isOfGatewayMvc(request)) {
			// its own exception would be answered with status 500
			return Mono.error(new GatewayUnavailableException(failure));
		}
		if (isOfRetryInterceptor(request)) {
			// its own exception would say only that there is no instance
			return Mono.error(failure);
		}
		logger.debug("There is no instance for a request: {}", failure.getMessage());
		return EMPTY;
	}

	/**
	 * Whether Spring Cloud's retries send the request for {@code RestTemplate} or
	 * {@code RestClient}. Those of {@code WebClient} have attributes, and those of Feign
	 * no cookies.
	 */
	private static boolean isOfRetryInterceptor(Request<?> request) {
		if (!(request.getContext() instanceof RetryableRequestContext context)) {
			return false;
		}
		RequestData data = context.getClientRequest();
		return data != null && data.getCookies() != null && data.getAttributes() != null
				&& data.getAttributes().isEmpty();
	}

	private static boolean isOfGatewayMvc(Request<?> request) {
		if (!(request.getContext() instanceof RequestDataContext context)) {
			return false;
		}
		RequestData data = context.getClientRequest();
		return data != null && data.getAttributes() != null && data.getAttributes().containsKey(GATEWAY_MVC);
	}

}
