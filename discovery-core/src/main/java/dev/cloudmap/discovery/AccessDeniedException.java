package dev.cloudmap.discovery;

import org.jspecify.annotations.Nullable;

/**
 * The registry denied a call because the credentials of this application do not permit
 * it, or because there are none. An immediate retry fails as well.
 */
public class AccessDeniedException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param description what was expected and what was found
	 * @param action what to change
	 */
	public AccessDeniedException(String description, String action, @Nullable Throwable cause) {
		super(description, action, cause);
	}

}
