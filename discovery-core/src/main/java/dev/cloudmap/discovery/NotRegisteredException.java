package dev.cloudmap.discovery;

import org.jspecify.annotations.Nullable;

/**
 * The registry holds no such instance, or not even its service or namespace: it has to be
 * registered again.
 */
public class NotRegisteredException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	public NotRegisteredException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

	/**
	 * Creates an exception that tells what to do.
	 * @param description what is missing; not null
	 * @param action what to do about it; not null
	 * @param cause the cause, or null
	 */
	public NotRegisteredException(String description, String action, @Nullable Throwable cause) {
		super(description, action, cause);
	}

}
