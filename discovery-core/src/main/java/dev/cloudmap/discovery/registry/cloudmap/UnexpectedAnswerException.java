package dev.cloudmap.discovery.registry.cloudmap;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.RegistryUnavailableException;

/**
 * The endpoint answered a call, but not as the Cloud Map API reference says: a member is
 * missing, the answer is no JSON, or it is larger than any answer of Cloud Map. What is
 * known stays, and the call is made again later.
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
