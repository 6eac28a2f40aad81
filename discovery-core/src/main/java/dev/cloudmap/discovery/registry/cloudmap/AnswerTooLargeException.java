package dev.cloudmap.discovery.registry.cloudmap;

/**
 * The body of an HTTP answer is larger than what is read of one. It is no
 * {@link java.io.IOException}, which the SDK would try again at once.
 */
final class AnswerTooLargeException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final long limit;

	AnswerTooLargeException(long limit) {
		super("expected at most " + limit + " bytes, found more");
		this.limit = limit;
	}

	long limit() {
		return this.limit;
	}

}
