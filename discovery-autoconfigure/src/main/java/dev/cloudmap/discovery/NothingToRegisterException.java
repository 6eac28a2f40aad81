package dev.cloudmap.discovery;

/**
 * The application has no port at which anyone could reach it, so that there is nothing to
 * register.
 */
public class NothingToRegisterException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	public NothingToRegisterException() {
		super("There is nothing to register: expected a web server that listens, found none",
				"Set discovery.registration.port to the port at which this application is reached,"
						+ " or discovery.registration.enabled=false",
				null);
	}

}
