package dev.cloudmap.discovery.loadbalancer.call;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.ServiceName;

/**
 * A service that was called has no instances, or does not exist. Whoever is called
 * meanwhile, such as a gateway, is unavailable (503), unless it does without.
 */
@ResponseStatus(HttpStatus.SERVICE_UNAVAILABLE)
public class NoInstancesException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	private final transient ServiceName service;

	/**
	 * Creates the exception.
	 * @param service the service
	 * @param description the description of the problem
	 * @param action the services that exist, and what to write instead
	 */
	public NoInstancesException(ServiceName service, String description, String action) {
		super(description, action, null);
		this.service = service;
	}

	/**
	 * The service that was looked for.
	 */
	public ServiceName getService() {
		return this.service;
	}

}
