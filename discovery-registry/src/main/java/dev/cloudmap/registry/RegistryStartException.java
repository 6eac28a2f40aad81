package dev.cloudmap.registry;

import org.jspecify.annotations.Nullable;

/**
 * The registry cannot start. The message contains a remedy.
 */
public class RegistryStartException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message the message, with a remedy
	 * @param cause the cause, or null
	 */
	public RegistryStartException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
