package dev.cloudmap.discovery;

/**
 * A namespace, service or instance name that the registry would reject.
 */
public class InvalidNameException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param what the kind of name
	 * @param found the name
	 * @param expected what such a name looks like
	 * @param property the property that usually holds it
	 */
	public InvalidNameException(String what, String found, String expected, String property) {
		super("'" + found + "' is not a valid " + what + ": expected " + expected, "Correct " + property, null);
	}

}
