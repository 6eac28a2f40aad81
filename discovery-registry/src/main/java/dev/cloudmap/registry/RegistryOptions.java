package dev.cloudmap.registry;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.signature.Credentials;
import dev.cloudmap.registry.api.source.AllowedHosts;
import dev.cloudmap.registry.health.HealthChecker;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.emulation.RegistryMode;

/**
 * The options of a registry.
 *
 * @param bind the bind address, a host name or an IP address
 * @param httpPort the port of the API; 0 selects a free port
 * @param dnsPort the port of DNS over UDP and TCP; 0 selects a free port
 * @param dataDirectory the directory for data that survives a restart; null stores
 * nothing
 * @param mode whether the registry has features beyond Cloud Map
 * @param emulation the emulation settings at the start
 * @param emulationEndpoint whether clients can read and change the emulation settings
 * @param checkInterval the interval of health checks
 * @param credentials the access keys; {@link Credentials#NONE} requires no signatures
 * @param dnsForward the upstream DNS servers for names outside of all namespaces, in this
 * order; without any such queries are refused
 * @param allowedHosts the host names that requests can use, in addition to IP addresses,
 * {@code localhost} and the name in {@code bind}, each also with the prefix {@code data-}
 */
public record RegistryOptions(String bind, int httpPort, int dnsPort, @Nullable Path dataDirectory, RegistryMode mode,
		Emulation emulation, EmulationEndpoint emulationEndpoint, Duration checkInterval, Credentials credentials,
		List<InetSocketAddress> dnsForward, List<String> allowedHosts) {

	/**
	 * The default port of the API.
	 */
	public static final int DEFAULT_HTTP_PORT = 8054;

	/**
	 * The default port of DNS.
	 */
	public static final int DEFAULT_DNS_PORT = 8053;

	private static final String DEFAULT_BIND = "127.0.0.1";

	private static final Duration MIN_CHECK_INTERVAL = Duration.ofMillis(100);

	private static final Duration MAX_CHECK_INTERVAL = Duration.ofDays(1);

	private static final int MAX_PORT = 65_535;

	/** More could not be queried within the timeout. */
	private static final int MAX_UPSTREAMS = 8;

	/**
	 * Checks the options.
	 * @throws IllegalArgumentException if an option is invalid
	 */
	public RegistryOptions {
		Objects.requireNonNull(bind, "bind");
		Objects.requireNonNull(mode, "mode");
		Objects.requireNonNull(emulation, "emulation");
		Objects.requireNonNull(emulationEndpoint, "emulationEndpoint");
		Objects.requireNonNull(credentials, "credentials");
		checkPort("HTTP port", httpPort);
		checkPort("DNS port", dnsPort);
		if (checkInterval.compareTo(MIN_CHECK_INTERVAL) < 0 || checkInterval.compareTo(MAX_CHECK_INTERVAL) > 0) {
			throw new IllegalArgumentException("The check interval must be from %d ms to %d h, but is %s."
				.formatted(MIN_CHECK_INTERVAL.toMillis(), MAX_CHECK_INTERVAL.toHours(), checkInterval));
		}
		dnsForward = List.copyOf(dnsForward);
		if (dnsForward.size() > MAX_UPSTREAMS) {
			throw new IllegalArgumentException(
					"DNS queries can be forwarded to at most %d servers, but there are %d: %s.".formatted(MAX_UPSTREAMS,
							dnsForward.size(), dnsForward));
		}
		dnsForward.forEach(RegistryOptions::checkUpstream);
		allowedHosts = AllowedHosts.canonical(allowedHosts);
	}

	/**
	 * Returns the options of a registry on loopback that stores nothing.
	 * @return the default options
	 */
	public static RegistryOptions defaults() {
		return new RegistryOptions(DEFAULT_BIND, DEFAULT_HTTP_PORT, DEFAULT_DNS_PORT, null, RegistryMode.EXTENDED,
				Emulation.NONE, EmulationEndpoint.CLOSED, HealthChecker.DEFAULT_INTERVAL, Credentials.NONE, List.of(),
				List.of());
	}

	/**
	 * Returns these options with another bind address.
	 * @param newBind a host name or an address; other machines can reach the registry
	 * unless it is a loopback address
	 * @return the changed options
	 */
	public RegistryOptions withBind(String newBind) {
		return new RegistryOptions(newBind, this.httpPort, this.dnsPort, this.dataDirectory, this.mode, this.emulation,
				this.emulationEndpoint, this.checkInterval, this.credentials, this.dnsForward, this.allowedHosts);
	}

	/**
	 * Returns these options with another port of the API.
	 * @param newHttpPort a port; 0 selects a free port
	 * @return the changed options
	 * @throws IllegalArgumentException if it is not a port
	 */
	public RegistryOptions withHttpPort(int newHttpPort) {
		return new RegistryOptions(this.bind, newHttpPort, this.dnsPort, this.dataDirectory, this.mode, this.emulation,
				this.emulationEndpoint, this.checkInterval, this.credentials, this.dnsForward, this.allowedHosts);
	}

	/**
	 * Returns these options with another port of DNS.
	 * @param newDnsPort a port; 0 selects a free port
	 * @return the changed options
	 * @throws IllegalArgumentException if it is not a port
	 */
	public RegistryOptions withDnsPort(int newDnsPort) {
		return new RegistryOptions(this.bind, this.httpPort, newDnsPort, this.dataDirectory, this.mode, this.emulation,
				this.emulationEndpoint, this.checkInterval, this.credentials, this.dnsForward, this.allowedHosts);
	}

	/**
	 * Returns these options with another data directory. It needs H2's MVStore on the
	 * class path.
	 * @param newDataDirectory a directory, which is created if it is missing; null stores
	 * nothing
	 * @return the changed options
	 */
	public RegistryOptions withDataDirectory(@Nullable Path newDataDirectory) {
		return new RegistryOptions(this.bind, this.httpPort, this.dnsPort, newDataDirectory, this.mode, this.emulation,
				this.emulationEndpoint, this.checkInterval, this.credentials, this.dnsForward, this.allowedHosts);
	}

	/**
	 * Returns these options for a registry that behaves like AWS Cloud Map:
	 * {@link RegistryMode#LIKE_AWS}, {@link Emulation#LIKE_AWS}, and the interval of
	 * Route 53 for health checks. Later changes have precedence.
	 * @return the changed options
	 */
	public RegistryOptions withLikeAws() {
		return new RegistryOptions(this.bind, this.httpPort, this.dnsPort, this.dataDirectory, RegistryMode.LIKE_AWS,
				Emulation.LIKE_AWS, this.emulationEndpoint, HealthChecker.AWS_INTERVAL, this.credentials,
				this.dnsForward, this.allowedHosts);
	}

	/**
	 * Returns these options with other emulation settings.
	 * @param newEmulation the emulation settings
	 * @return the changed options
	 */
	public RegistryOptions withEmulation(Emulation newEmulation) {
		return new RegistryOptions(this.bind, this.httpPort, this.dnsPort, this.dataDirectory, this.mode, newEmulation,
				this.emulationEndpoint, this.checkInterval, this.credentials, this.dnsForward, this.allowedHosts);
	}

	/**
	 * Returns these options with or without the emulation endpoint.
	 * @param newEmulationEndpoint whether clients can read and change the emulation
	 * settings
	 * @return the changed options
	 */
	public RegistryOptions withEmulationEndpoint(EmulationEndpoint newEmulationEndpoint) {
		return new RegistryOptions(this.bind, this.httpPort, this.dnsPort, this.dataDirectory, this.mode,
				this.emulation, newEmulationEndpoint, this.checkInterval, this.credentials, this.dnsForward,
				this.allowedHosts);
	}

	/**
	 * Returns these options with another interval of health checks.
	 * @param newCheckInterval the interval between the starts of the checks of an
	 * instance
	 * @return the changed options
	 * @throws IllegalArgumentException if it is below 100 milliseconds or above a day
	 */
	public RegistryOptions withCheckInterval(Duration newCheckInterval) {
		return new RegistryOptions(this.bind, this.httpPort, this.dnsPort, this.dataDirectory, this.mode,
				this.emulation, this.emulationEndpoint, newCheckInterval, this.credentials, this.dnsForward,
				this.allowedHosts);
	}

	/**
	 * Returns these options with access keys. Every request except {@code GET /} must
	 * have an AWS Signature Version 4 of one of them.
	 * @param newCredentials the access keys; {@link Credentials#NONE} requires no
	 * signatures
	 * @return the changed options
	 */
	public RegistryOptions withCredentials(Credentials newCredentials) {
		return new RegistryOptions(this.bind, this.httpPort, this.dnsPort, this.dataDirectory, this.mode,
				this.emulation, this.emulationEndpoint, this.checkInterval, newCredentials, this.dnsForward,
				this.allowedHosts);
	}

	/**
	 * Returns these options with upstream DNS servers for names outside of all
	 * namespaces. If other machines can reach the registry, it is an open resolver.
	 * @param newDnsForward at most eight addresses, in the order of queries
	 * @return the changed options
	 * @throws IllegalArgumentException if there are more or one is invalid
	 */
	public RegistryOptions withDnsForward(List<InetSocketAddress> newDnsForward) {
		return new RegistryOptions(this.bind, this.httpPort, this.dnsPort, this.dataDirectory, this.mode,
				this.emulation, this.emulationEndpoint, this.checkInterval, this.credentials, newDnsForward,
				this.allowedHosts);
	}

	/**
	 * Returns these options with host names that requests can use, in addition to IP
	 * addresses, {@code localhost} and the bind name. Other names are rejected, because a
	 * web page can resolve its own name to the address of the registry.
	 * @param newAllowedHosts host names, each also with the prefix {@code data-}
	 * @return the changed options
	 * @throws IllegalArgumentException if one is not a host name
	 */
	public RegistryOptions withAllowedHosts(List<String> newAllowedHosts) {
		return new RegistryOptions(this.bind, this.httpPort, this.dnsPort, this.dataDirectory, this.mode,
				this.emulation, this.emulationEndpoint, this.checkInterval, this.credentials, this.dnsForward,
				newAllowedHosts);
	}

	private static void checkUpstream(InetSocketAddress upstream) {
		InetAddress address = upstream.getAddress();
		if (address == null || address.isAnyLocalAddress() || address.isMulticastAddress() || upstream.getPort() == 0) {
			throw new IllegalArgumentException(
					"DNS queries cannot be forwarded to %s: expected the address and port of a server."
						.formatted(upstream));
		}
	}

	private static void checkPort(String name, int port) {
		if (port < 0 || port > MAX_PORT) {
			throw new IllegalArgumentException("The %s must be from 0 to %d, where 0 selects a free port, but is %d."
				.formatted(name, MAX_PORT, port));
		}
	}

	/**
	 * Whether clients can read and change the emulation settings.
	 */
	public enum EmulationEndpoint {

		/** The endpoint does not exist. */
		CLOSED,
		/** All clients of the API can use it. */
		OPEN

	}

}
