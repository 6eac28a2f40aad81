package dev.cloudmap.discovery;

/**
 * The application has no name or no port, so it cannot be registered. A retry fails as
 * well.
 */
public class NothingToRegisterException extends DiscoveryException {

	private static final long serialVersionUID = 1L;

	private NothingToRegisterException(String description, String action) {
		super(description, action + ", or discovery.registration.enabled=false", null);
	}

	/**
	 * The application has no name.
	 */
	public static NothingToRegisterException noName() {
		return new NothingToRegisterException(
				"This application is not registered because it has no name: expected spring.application.name",
				"Set spring.application.name, or discovery.registration.service, to the name by which other applications"
						+ " call it, for example to worker");
	}

	/**
	 * The application has no port.
	 */
	public static NothingToRegisterException noPort() {
		return new NothingToRegisterException(
				"This application is not registered because it has no port. It is registered when"
						+ " a web server listens in this context or in one of its children",
				"Set discovery.registration.port to the port at which other applications reach it, or to none if"
						+ " it has none");
	}

}
