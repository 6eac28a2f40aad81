package dev.cloudmap.discovery.loadbalancer;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.client.HttpServerErrorException;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * Thrown when Spring Cloud Gateway on Spring MVC routes to a service that cannot be
 * called. It has the type that the gateway throws, and results in status 503.
 */
@ResponseStatus(HttpStatus.SERVICE_UNAVAILABLE)
class GatewayUnavailableException extends HttpServerErrorException {

	private static final long serialVersionUID = 1L;

	GatewayUnavailableException(DiscoveryException failure) {
		super(HttpStatus.SERVICE_UNAVAILABLE, String.valueOf(failure.getMessage()));
		initCause(failure);
	}

}
