package dev.cloudmap.discovery;

import org.jspecify.annotations.Nullable;

/**
 * The registry could not be reached or did not respond in time. A later retry may
 * succeed; known instances remain valid.
 */
public class RegistryUnavailableException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	public RegistryUnavailableException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

	/**
	 * Creates an exception with a recommended action.
	 * @param description what was expected and what was found
	 * @param action what to do
	 */
	public RegistryUnavailableException(String description, String action, @Nullable Throwable cause) {
		super(description, action, cause);
	}

}
