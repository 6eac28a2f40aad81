package dev.cloudmap.registry;

import org.jspecify.annotations.Nullable;

/**
 * A registry that could not be started. Its message says what is wrong and what to do.
 */
public class RegistryStartException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what is wrong and what to do
	 * @param cause what it came from, if anything
	 */
	public RegistryStartException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
