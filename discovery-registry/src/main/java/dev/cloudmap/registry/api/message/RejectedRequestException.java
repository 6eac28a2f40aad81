package dev.cloudmap.registry.api.message;

/**
 * A request that is rejected before it reaches an operation.
 */
public final class RejectedRequestException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String type;

	/**
	 * Creates a rejection.
	 * @param type the type of the error in the response
	 * @param message the message for the client
	 */
	public RejectedRequestException(String type, String message) {
		// Not a defect: the stack trace is of no use.
		super(message, null, false, false);
		this.type = type;
	}

	/**
	 * Returns the type of the error in the response.
	 * @return the type
	 */
	public String type() {
		return this.type;
	}

	/**
	 * Returns the message.
	 * @return the message
	 */
	public String message() {
		return String.valueOf(getMessage());
	}

}
