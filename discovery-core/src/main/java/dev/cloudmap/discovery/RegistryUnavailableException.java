package dev.cloudmap.discovery;

import org.jspecify.annotations.Nullable;

/**
 * The registry could not be reached, or did not answer in time. Trying again later may
 * help; nothing that was known has become wrong.
 */
public class RegistryUnavailableException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	public RegistryUnavailableException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

	/**
	 * Creates an exception that says what to do.
	 * @param description what was expected and what was found
	 * @param action what to do about it
	 * @param cause the cause, or null
	 */
	public RegistryUnavailableException(String description, String action, @Nullable Throwable cause) {
		super(description, action, cause);
	}

}
