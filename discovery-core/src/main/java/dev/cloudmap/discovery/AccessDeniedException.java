package dev.cloudmap.discovery;

import org.jspecify.annotations.Nullable;

/**
 * The registry refuses a call because the credentials of this application do not allow
 * it, or because there are no credentials. Trying again soon does not help.
 */
public class AccessDeniedException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param description what was expected and what was found
	 * @param action what to change
	 * @param cause the cause, or null
	 */
	public AccessDeniedException(String description, String action, @Nullable Throwable cause) {
		super(description, action, cause);
	}

}
