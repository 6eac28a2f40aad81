package dev.cloudmap.discovery;

import org.jspecify.annotations.Nullable;

/**
 * The registry does not have the instance, its service or its namespace. The instance
 * must be registered again.
 */
public class NotRegisteredException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	public NotRegisteredException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

	/**
	 * Creates an exception with a recommended action.
	 * @param description what is missing
	 * @param action what to do
	 */
	public NotRegisteredException(String description, String action, @Nullable Throwable cause) {
		super(description, action, cause);
	}

}
