package dev.cloudmap.discovery;

import org.jspecify.annotations.Nullable;

/**
 * Base class of the exceptions of discovery and registration. The message includes the
 * recommended action if there is one. Extends {@link IllegalStateException}, which Spring
 * Cloud's blocking clients throw when a service cannot be called.
 */
public class DiscoveryException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private final String description;

	private final @Nullable String action;

	public DiscoveryException(String message) {
		this(message, null, null);
	}

	public DiscoveryException(String message, @Nullable Throwable cause) {
		this(message, null, cause);
	}

	/**
	 * Creates an exception with a recommended action.
	 * @param description what was expected and what was found
	 * @param action what to do or to write instead; null if unknown
	 * @param cause the cause, or null
	 */
	public DiscoveryException(String description, @Nullable String action, @Nullable Throwable cause) {
		super((action != null) ? description + ". " + action : description, cause);
		this.description = description;
		this.action = action;
	}

	/**
	 * What was expected and what was found.
	 */
	public String getDescription() {
		return this.description;
	}

	/**
	 * What to do or to write instead; null if unknown.
	 */
	public @Nullable String getAction() {
		return this.action;
	}

}
