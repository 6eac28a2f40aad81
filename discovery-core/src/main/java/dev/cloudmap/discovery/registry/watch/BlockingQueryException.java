package dev.cloudmap.discovery.registry.watch;

/**
 * A blocking query without an answer.
 */
public final class BlockingQueryException extends RuntimeException {

	private final Kind kind;

	private final long index;

	/**
	 * Creates the exception.
	 * @param kind determines when the query is sent again
	 * @param message the reason, which completes a sentence about the registry
	 */
	public BlockingQueryException(Kind kind, String message) {
		this(kind, message, BlockingQuery.NO_INDEX);
	}

	/**
	 * Creates the exception for an answer that carried an index.
	 * @param kind determines when the query is sent again
	 * @param message the reason, which completes a sentence about the registry
	 * @param index the registry's index
	 */
	public BlockingQueryException(Kind kind, String message, long index) {
		super(message, null, false, false);
		this.kind = kind;
		this.index = index;
	}

	public Kind kind() {
		return this.kind;
	}

	/**
	 * The registry's index at the time of the failure, or {@link BlockingQuery#NO_INDEX}.
	 */
	public long index() {
		return this.index;
	}

	/**
	 * The kinds of failures.
	 */
	public enum Kind {

		/** The registry did not answer. */
		UNREACHABLE,

		/** What is queried does not exist yet. */
		NOT_FOUND,

		/** The registry does not answer this query. */
		REFUSED

	}

}
