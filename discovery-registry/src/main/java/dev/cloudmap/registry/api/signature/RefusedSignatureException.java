package dev.cloudmap.registry.api.signature;

/**
 * A request whose sender is not known for sure.
 */
public final class RefusedSignatureException extends Exception {

	private static final long serialVersionUID = 1L;

	private final String type;

	private RefusedSignatureException(String type, String message) {
		// An answer to a caller, not a defect: nobody reads its stack trace.
		super(message, null, false, false);
		this.type = type;
	}

	static RefusedSignatureException missing() {
		return new RefusedSignatureException("MissingAuthenticationTokenException", "Missing Authentication Token");
	}

	static RefusedSignatureException incomplete(String message) {
		return new RefusedSignatureException("IncompleteSignatureException", message);
	}

	static RefusedSignatureException unknownKey() {
		return new RefusedSignatureException("UnrecognizedClientException",
				"The security token included in the request is invalid.");
	}

	static RefusedSignatureException invalid(String message) {
		return new RefusedSignatureException("InvalidSignatureException", message);
	}

	/**
	 * Returns the error's name on the wire.
	 * @return the error's name on the wire
	 */
	public String type() {
		return this.type;
	}

	/**
	 * Returns the message, which is always present.
	 * @return the message
	 */
	public String message() {
		return String.valueOf(getMessage());
	}

}
