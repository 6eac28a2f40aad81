package dev.cloudmap.registry.api;

/**
 * A request that never reaches an operation.
 */
final class ProtocolException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String type;

	/**
	 * Creates a refusal.
	 * @param type its name on the wire
	 * @param message what was expected and what was found
	 */
	ProtocolException(String type, String message) {
		super(message, null, false, false);
		this.type = type;
	}

	String type() {
		return this.type;
	}

}
