package dev.cloudmap.discovery.registry.cloudmap.connection;

/**
 * Thrown when the body of an HTTP answer exceeds the size limit. It does not extend
 * {@link java.io.IOException}, because the SDK would retry the request immediately.
 */
public final class AnswerTooLargeException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final long limit;

	AnswerTooLargeException(long limit) {
		super("expected at most " + limit + " bytes, found more");
		this.limit = limit;
	}

	/**
	 * Returns the maximum length of an answer in bytes.
	 */
	public long limit() {
		return this.limit;
	}

}
