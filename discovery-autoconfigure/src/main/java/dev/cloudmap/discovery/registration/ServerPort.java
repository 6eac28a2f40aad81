package dev.cloudmap.discovery.registration;

import java.util.OptionalInt;

/**
 * The port at which this application is reached: the configured one, or the one that its
 * web server turned out to listen on.
 */
public final class ServerPort {

	private final OptionalInt configured;

	private volatile OptionalInt actual = OptionalInt.empty();

	/**
	 * Creates the port.
	 * @param configured the port that the user has configured, or empty; not null
	 */
	public ServerPort(OptionalInt configured) {
		this.configured = configured;
	}

	/**
	 * Called when the web server listens.
	 * @param port its real port
	 */
	public void listening(int port) {
		this.actual = OptionalInt.of(port);
	}

	/**
	 * The port; empty if none is configured and no web server listens (yet).
	 */
	public OptionalInt get() {
		return this.configured.isPresent() ? this.configured : this.actual;
	}

}
