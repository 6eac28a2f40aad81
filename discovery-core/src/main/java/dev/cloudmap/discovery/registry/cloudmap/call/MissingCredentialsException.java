package dev.cloudmap.discovery.registry.cloudmap.call;

import dev.cloudmap.discovery.AccessDeniedException;

/**
 * Thrown when the SDK finds no AWS credentials.
 */
public class MissingCredentialsException extends AccessDeniedException {

	private static final long serialVersionUID = 1L;

	MissingCredentialsException(String operation, Throwable cause) {
		super("No AWS credentials were found for " + operation,
				"Run with a task or instance role, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or configure a profile."
						+ " To use no AWS at all, set discovery.registry=embedded",
				cause);
	}

}
