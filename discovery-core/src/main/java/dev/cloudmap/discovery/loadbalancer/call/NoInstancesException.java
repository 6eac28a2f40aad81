package dev.cloudmap.discovery.loadbalancer.call;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * Thrown when a called service has no instances or does not exist. A web application that
 * does not handle it responds with status 503.
 */
@ResponseStatus(HttpStatus.SERVICE_UNAVAILABLE)
public class NoInstancesException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param description the description of the problem
	 * @param action the services that exist, and what to write instead
	 */
	NoInstancesException(String description, String action) {
		super(description, action, null);
	}

}
