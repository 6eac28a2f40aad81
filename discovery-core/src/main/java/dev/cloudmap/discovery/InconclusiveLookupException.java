package dev.cloudmap.discovery;

/**
 * A look-up that was answered, but not well enough to call anyone: an address without a
 * port, for example. Another source may know more.
 */
public class InconclusiveLookupException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	public InconclusiveLookupException(String message) {
		super(message);
	}

}
