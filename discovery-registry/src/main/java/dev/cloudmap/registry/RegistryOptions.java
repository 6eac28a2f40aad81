package dev.cloudmap.registry;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * How a registry runs.
 *
 * @param bind the host name or address to listen on
 * @param httpPort the port of the API; 0 takes a free one
 * @param dnsPort the port of DNS, for UDP and TCP alike; 0 takes a free one
 * @param dataDirectory where to keep what survives a restart; null keeps nothing
 * @param operationDelay how long an operation takes until it has an effect; zero for at
 * once
 * @param healthDelay how long a reported change of health takes until it has an effect;
 * zero for at once
 */
public record RegistryOptions(String bind, int httpPort, int dnsPort, @Nullable Path dataDirectory,
		Duration operationDelay, Duration healthDelay) {

	/**
	 * The port of the API unless another is given.
	 */
	public static final int DEFAULT_HTTP_PORT = 8054;

	/**
	 * The port of DNS unless another is given.
	 */
	public static final int DEFAULT_DNS_PORT = 8053;

	private static final String DEFAULT_BIND = "127.0.0.1";

	private static final int MAX_PORT = 65_535;

	private static final Duration MAX_DELAY = Duration.ofDays(1);

	/**
	 * Checks the options.
	 * @throws IllegalArgumentException when a port is no port, or a delay is negative or
	 * longer than a day
	 */
	public RegistryOptions {
		Objects.requireNonNull(bind, "bind");
		checkPort("HTTP port", httpPort);
		checkPort("DNS port", dnsPort);
		checkDelay("operation delay", operationDelay);
		checkDelay("health delay", healthDelay);
	}

	/**
	 * Returns the options of a registry on loopback that keeps nothing and delays
	 * nothing.
	 * @return the default options
	 */
	public static RegistryOptions defaults() {
		return new RegistryOptions(DEFAULT_BIND, DEFAULT_HTTP_PORT, DEFAULT_DNS_PORT, null, Duration.ZERO,
				Duration.ZERO);
	}

	/**
	 * Returns these options with another address to listen on.
	 * @param newBind a host name or an address; anything but loopback opens the registry
	 * to the network
	 * @return the changed options
	 */
	public RegistryOptions withBind(String newBind) {
		return new RegistryOptions(newBind, this.httpPort, this.dnsPort, this.dataDirectory, this.operationDelay,
				this.healthDelay);
	}

	/**
	 * Returns these options with another port of the API.
	 * @param newHttpPort a port; 0 takes a free one
	 * @return the changed options
	 * @throws IllegalArgumentException when it is no port
	 */
	public RegistryOptions withHttpPort(int newHttpPort) {
		return new RegistryOptions(this.bind, newHttpPort, this.dnsPort, this.dataDirectory, this.operationDelay,
				this.healthDelay);
	}

	/**
	 * Returns these options with another port of DNS.
	 * @param newDnsPort a port; 0 takes a free one
	 * @return the changed options
	 * @throws IllegalArgumentException when it is no port
	 */
	public RegistryOptions withDnsPort(int newDnsPort) {
		return new RegistryOptions(this.bind, this.httpPort, newDnsPort, this.dataDirectory, this.operationDelay,
				this.healthDelay);
	}

	/**
	 * Returns these options with a place to keep what survives a restart. It needs H2's
	 * MVStore on the class path.
	 * @param newDataDirectory a directory, made when it is missing; null keeps nothing
	 * @return the changed options
	 */
	public RegistryOptions withDataDirectory(@Nullable Path newDataDirectory) {
		return new RegistryOptions(this.bind, this.httpPort, this.dnsPort, newDataDirectory, this.operationDelay,
				this.healthDelay);
	}

	/**
	 * Returns these options with another duration of operations.
	 * @param newOperationDelay a duration of at most a day
	 * @return the changed options
	 * @throws IllegalArgumentException when it is negative or longer than a day
	 */
	public RegistryOptions withOperationDelay(Duration newOperationDelay) {
		return new RegistryOptions(this.bind, this.httpPort, this.dnsPort, this.dataDirectory, newOperationDelay,
				this.healthDelay);
	}

	/**
	 * Returns these options with another delay of changes of health.
	 * @param newHealthDelay a duration of at most a day
	 * @return the changed options
	 * @throws IllegalArgumentException when it is negative or longer than a day
	 */
	public RegistryOptions withHealthDelay(Duration newHealthDelay) {
		return new RegistryOptions(this.bind, this.httpPort, this.dnsPort, this.dataDirectory, this.operationDelay,
				newHealthDelay);
	}

	private static void checkPort(String name, int port) {
		if (port < 0 || port > MAX_PORT) {
			throw new IllegalArgumentException("The %s must be from 0 to %d, where 0 takes a free one, but is %d."
				.formatted(name, MAX_PORT, port));
		}
	}

	private static void checkDelay(String name, Duration delay) {
		Objects.requireNonNull(delay, name);
		if (delay.isNegative() || delay.compareTo(MAX_DELAY) > 0) {
			throw new IllegalArgumentException(
					"The %s must be from 0 to %d h, but is %s.".formatted(name, MAX_DELAY.toHours(), delay));
		}
	}

}
