package dev.cloudmap.discovery.actuate.endpoint;

import java.io.Serial;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/**
 * An operation names a service or an instance that is not known.
 */
final class UnknownTargetException extends InvalidEndpointRequestException {

	@Serial
	private static final long serialVersionUID = 1L;

	UnknownTargetException(String message) {
		super(message, message);
	}

}
