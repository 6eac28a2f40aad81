package dev.cloudmap.registry.api.source;

/**
 * A request that calls the registry under a host that is not allowed, or comes from a web
 * page of another origin.
 */
public final class RefusedSourceException extends Exception {

	private static final long serialVersionUID = 1L;

	/** The type of errors about the host that is called. */
	static final String HOST = "HostNotAllowed";

	/** The type of errors about the page that calls. */
	static final String ORIGIN = "OriginNotAllowed";

	private final String type;

	RefusedSourceException(String type, String message) {
		// An answer to a caller, not a defect: its stack trace is of no use.
		super(message, null, false, false);
		this.type = type;
	}

	/**
	 * Returns the error's type on the wire.
	 * @return the error's type on the wire
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
