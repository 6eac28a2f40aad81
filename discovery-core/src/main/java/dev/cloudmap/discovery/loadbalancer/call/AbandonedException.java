package dev.cloudmap.discovery.loadbalancer.call;

import java.net.http.HttpTimeoutException;

import org.jspecify.annotations.Nullable;

/**
 * An attempt was abandoned because its instance is unresponsive. The retry budget covers
 * another attempt.
 */
public final class AbandonedException extends HttpTimeoutException {

	private static final long serialVersionUID = 1L;

	/** The number of nested causes that are examined. */
	private static final int MAX_CAUSES = 10;

	/**
	 * Creates the exception.
	 * @param message the message
	 */
	public AbandonedException(String message) {
		super(message);
	}

	/**
	 * Whether a failure is or wraps such an exception.
	 */
	static boolean isCauseOf(Throwable failure) {
		@Nullable Throwable cause = failure;
		for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
			if (cause instanceof AbandonedException) {
				return true;
			}
			cause = cause.getCause();
		}
		return false;
	}

}
