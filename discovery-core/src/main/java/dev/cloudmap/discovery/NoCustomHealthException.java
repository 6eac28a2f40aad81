package dev.cloudmap.discovery;

import org.jspecify.annotations.Nullable;

/**
 * The service was created without a custom health check, so the registry rejects health
 * updates of its instances (Cloud Map API reference, {@code CustomHealthNotFound}).
 */
public class NoCustomHealthException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	public NoCustomHealthException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
