package dev.cloudmap.discovery;

/**
 * A lookup was answered, but the answer is not sufficient to call an instance, such as an
 * address without a port. Another source may have the missing data.
 */
public class InconclusiveLookupException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	public InconclusiveLookupException(String message) {
		super(message);
	}

}
