package dev.cloudmap.discovery.lifecycle;

/**
 * When an application is registered.
 */
public enum RegistrationMoment {

	/** When it accepts traffic. */
	READY,

	/** When its web server listens, which is before runners have run. */
	WEB_SERVER

}
