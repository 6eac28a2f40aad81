package dev.cloudmap.discovery.registry.cloudmap.call;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.RegistryUnavailableException;

/**
 * Thrown when an answer does not conform to the Cloud Map API reference: a member is
 * missing, the answer is not JSON, or it is larger than any answer of Cloud Map. Callers
 * keep their previous data and repeat the call later.
 */
public class UnexpectedAnswerException extends RegistryUnavailableException {

	private static final long serialVersionUID = 1L;

	UnexpectedAnswerException(String location, String operation, String expected, String found,
			@Nullable Throwable cause) {
		super("Cloud Map at " + location + " answered " + operation + " otherwise than documented: expected " + expected
				+ ", found " + found,
				"See whether " + location + " is an endpoint of Cloud Map: another server or a proxy may have answered",
				cause);
	}

}
