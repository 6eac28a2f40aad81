package dev.cloudmap.discovery;

import org.jspecify.annotations.Nullable;

/**
 * The service was made without custom health, so that the registry takes no report of it:
 * an instance is either registered or not (Cloud Map API reference,
 * {@code CustomHealthNotFound}).
 */
public class NoCustomHealthException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	public NoCustomHealthException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
