package dev.cloudmap.discovery;

/**
 * The application has no name by which, or no port at which, anyone could call it: there
 * is nothing to register. Trying again does not help.
 */
public class NothingToRegisterException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	private NothingToRegisterException(String description, String action) {
		super(description, action + ", or discovery.registration.enabled=false", null);
	}

	/**
	 * There is no name to register under.
	 */
	public static NothingToRegisterException noName() {
		return new NothingToRegisterException(
				"This application is not registered, since it has no name: expected spring.application.name",
				"Set spring.application.name to the name that others call, for example to worker");
	}

	/**
	 * There is no port to register.
	 */
	public static NothingToRegisterException noPort() {
		return new NothingToRegisterException(
				"This application is not registered, since it has no port. It is registered when"
						+ " a web server listens, in this context or in a child of it",
				"Set discovery.registration.port to the port at which others reach this application, or to none if it has"
						+ " none");
	}

}
