package dev.cloudmap.discovery;

/**
 * A namespace, service or instance name that the registry would refuse.
 */
public class InvalidNameException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param what what kind of name it is; not null
	 * @param found the name that was found; not null
	 * @param expected what such a name looks like; not null
	 * @param property the property that usually holds it; not null
	 */
	public InvalidNameException(String what, String found, String expected, String property) {
		super("'" + found + "' is no valid " + what + ": expected " + expected, "Correct " + property, null);
	}

}
