package dev.cloudmap.discovery;

import org.jspecify.annotations.Nullable;

/**
 * Base of what discovery and registration throw. Where it is known what to do about it,
 * that is part of the message. It is an {@link IllegalStateException}, which Spring
 * Cloud's blocking clients throw where a service cannot be called.
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
	 * Creates an exception that tells what to do.
	 * @param description what was expected and what was found; not null
	 * @param action what to do or to write instead; null if that is not known
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
	 * What to do or to write instead; null if that is not known.
	 */
	public @Nullable String getAction() {
		return this.action;
	}

}
