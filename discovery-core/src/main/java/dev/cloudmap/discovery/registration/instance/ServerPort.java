package dev.cloudmap.discovery.registration.instance;

import java.util.OptionalInt;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.NothingToRegisterException;

/**
 * The port at which this application is reached: the configured one, or the one that its
 * web server listens on.
 */
public final class ServerPort {

	/**
	 * The setting for an application without a port.
	 */
	public static final String NONE = "none";

	private static final int MAX_PORT = 65_535;

	/** Null for the web server's; empty if there is none. */
	private final @Nullable OptionalInt configured;

	private volatile OptionalInt actual = OptionalInt.empty();

	private volatile Supplier<OptionalInt> other = OptionalInt::empty;

	private ServerPort(@Nullable OptionalInt configured) {
		this.configured = configured;
	}

	/**
	 * The port that the user has configured.
	 * @param setting a number, {@value #NONE}, or null for the web server's
	 * @throws DiscoveryException if the setting is neither
	 */
	public static ServerPort of(@Nullable String setting) {
		if (setting == null || setting.isBlank()) {
			return new ServerPort(null);
		}
		if (setting.trim().equalsIgnoreCase(NONE)) {
			return new ServerPort(OptionalInt.empty());
		}
		int port = setting.trim().matches("\\d{1,9}") ? Integer.parseInt(setting.trim()) : 0;
		if (port < 1 || port > MAX_PORT) {
			throw noPort("discovery.registration.port", setting, " or " + NONE);
		}
		return new ServerPort(OptionalInt.of(port));
	}

	/**
	 * Validates a port.
	 * @throws DiscoveryException if it is out of range
	 */
	static int require(String property, int port) {
		if (port < 1 || port > MAX_PORT) {
			throw noPort(property, Integer.toString(port), "");
		}
		return port;
	}

	private static DiscoveryException noPort(String property, String found, String alternative) {
		return new DiscoveryException(
				property + " is '" + found + "': expected a port from 1 to " + MAX_PORT + alternative,
				"Correct " + property + ", or leave it out", null);
	}

	/**
	 * Called when the web server listens.
	 * @param port its real port; one that is not positive means that it does not
	 */
	public void listening(int port) {
		this.actual = (port > 0) ? OptionalInt.of(port) : OptionalInt.empty();
	}

	/**
	 * Called when the web server no longer listens because its context is closed.
	 */
	public void closed() {
		this.actual = OptionalInt.empty();
	}

	/**
	 * Sets a server of another protocol, whose port is registered if there is no web
	 * server.
	 * @param other returns its real port; empty if it does not listen
	 */
	public void setOther(Supplier<OptionalInt> other) {
		this.other = other;
	}

	/**
	 * Whether a web server listens.
	 */
	public boolean isListening() {
		return this.actual.isPresent();
	}

	/**
	 * The port to register.
	 * @param published maps the web server's port to the one at which other machines
	 * reach it
	 * @return the port; empty if the application has none
	 * @throws NothingToRegisterException if none is configured and no web server listens
	 */
	OptionalInt registered(IntUnaryOperator published) {
		if (this.configured != null) {
			return this.configured;
		}
		OptionalInt listening = this.actual.isPresent() ? this.actual : this.other.get();
		return OptionalInt.of(published.applyAsInt(listening.orElseThrow(NothingToRegisterException::noPort)));
	}

}
