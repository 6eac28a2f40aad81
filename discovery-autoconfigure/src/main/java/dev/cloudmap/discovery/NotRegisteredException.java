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

}
