package dev.cloudmap.registry;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.signature.Credentials;
import dev.cloudmap.registry.api.source.AllowedHosts;
import dev.cloudmap.registry.health.HealthChecker;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.emulation.RegistryMode;

/**
 * How a registry runs.
 *
 * @param bind the host name or address to listen on
 * @param httpPort the port of the API; 0 takes a free one
 * @param dnsPort the port of DNS, for UDP and TCP alike; 0 takes a free one
 * @param dataDirectory where to keep what survives a restart; null keeps nothing
 * @param mode what it does beyond Cloud Map's API
 * @param emulation in how far it is as slow and as unhelpful as the real service
 * @param emulationEndpoint whether clients may change the emulation while it runs
 * @param checkInterval how often the instances of a service with a HealthCheckConfig are
 * checked
 * @param credentials those who may call the API; {@link Credentials#NONE} asks nobody who
 * they are
 * @param dnsForward the DNS servers to ask, in this order, for names that are in no
 * namespace; without any such names are refused
 * @param allowedHosts the host names under which the API may be called, beside IP
 * addresses, {@code localhost} and a name in {@code bind}, each with and without the
 * prefix {@code data-}; requests under other names are refused
 */
public record RegistryOptions(String bind, int httpPort, int dnsPort, @Nullable Path dataDirectory, RegistryMode mode,
		Emulation emulation, EmulationEndpoint emulationEndpoint, Duration checkInterval, Credentials credentials,
		List<InetSocketAddress> dnsForward, List<String> allowedHosts) {

	/**
	 * The port of the API unless another is given.
	 */
	public static final int DEFAULT_HTTP_PORT = 8054;

	/**
	 * The port of DNS unless another is given.
	 */
	public static final int DEFAULT_DNS_PORT = 8053;

	private static final String DEFAULT_BIND = "127.0.0.1";

	private static final Duration MIN_CHECK_INTERVAL = Duration.ofMillis(100);

	private static final Duration MAX_CHECK_INTERVAL = Duration.ofDays(1);

	private static final int MAX_PORT = 65_535;

	/** More would not have their turn while a client waits. */
	private static final int MAX_UPSTREAMS = 8;

	/**
	 * Checks the options.
	 * @throws IllegalArgumentException when a port is no port, or the interval of checks
	 * is below 100 milliseconds or above a day, or a DNS server to ask has no address
	 * that can be asked, or there are more than eight, or an allowed host is no host name
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
			throw new IllegalArgumentException("DNS is forwarded to at most %d servers, but %d are named: %s."
				.formatted(MAX_UPSTREAMS, dnsForward.size(), dnsForward));
		}
		dnsForward.forEach(RegistryOptions::checkUpstream);
		allowedHosts = AllowedHosts.canonical(allowedHosts);
	}

	/**
	 * Returns the options of a registry on loopback that keeps nothing and delays
	 * nothing.
	 * @return the default options
	 */
	public static RegistryOptions defaults() {
		return new RegistryOptions(DEFAULT_BIND, DEFAULT_HTTP_PORT, DEFAULT_DNS_PORT, null, RegistryMode.EXTENDED,
				Emulation.NONE, EmulationEndpoint.CLOSED, HealthChecker.DEFAULT_INTERVAL, Credentials.NONE, List.of(),
				List.of());
	}

	/**
	 * Returns these options with another address to listen on.
	 * @param newBind a host name or an address; anything but loopback opens the registry
	 * to the network
	 * @return the changed options
	 */
	public RegistryOptions withBind(String newBind) {
		return with((values) -> values.bind = newBind);
	}

	/**
	 * Returns these options with another port of the API.
	 * @param newHttpPort a port; 0 takes a free one
	 * @return the changed options
	 * @throws IllegalArgumentException when it is no port
	 */
	public RegistryOptions withHttpPort(int newHttpPort) {
		return with((values) -> values.httpPort = newHttpPort);
	}

	/**
	 * Returns these options with another port of DNS.
	 * @param newDnsPort a port; 0 takes a free one
	 * @return the changed options
	 * @throws IllegalArgumentException when it is no port
	 */
	public RegistryOptions withDnsPort(int newDnsPort) {
		return with((values) -> values.dnsPort = newDnsPort);
	}

	/**
	 * Returns these options with a place to keep what survives a restart. It needs H2's
	 * MVStore on the class path.
	 * @param newDataDirectory a directory, made when it is missing; null keeps nothing
	 * @return the changed options
	 */
	public RegistryOptions withDataDirectory(@Nullable Path newDataDirectory) {
		return with((values) -> values.dataDirectory = newDataDirectory);
	}

	/**
	 * Returns these options for a registry that differs from AWS Cloud Map as little as
	 * it can: {@link RegistryMode#LIKE_AWS}, {@link Emulation#LIKE_AWS}, and health
	 * checks at Route 53's interval. What is set afterwards counts:
	 * {@code withLikeAws().withCheckInterval(...)} checks as often as it says.
	 * @return the changed options
	 */
	public RegistryOptions withLikeAws() {
		return with((values) -> {
			values.mode = RegistryMode.LIKE_AWS;
			values.emulation = Emulation.LIKE_AWS;
			values.checkInterval = HealthChecker.AWS_INTERVAL;
		});
	}

	/**
	 * Returns these options with another emulation to begin with.
	 * @param newEmulation in how far the registry is as slow and as unhelpful as the real
	 * service
	 * @return the changed options
	 */
	public RegistryOptions withEmulation(Emulation newEmulation) {
		return with((values) -> values.emulation = newEmulation);
	}

	/**
	 * Returns these options with or without the endpoint that changes the emulation.
	 * @param newEmulationEndpoint whether clients may change the emulation
	 * @return the changed options
	 */
	public RegistryOptions withEmulationEndpoint(EmulationEndpoint newEmulationEndpoint) {
		return with((values) -> values.emulationEndpoint = newEmulationEndpoint);
	}

	/**
	 * Returns these options with another interval of health checks.
	 * @param newCheckInterval how long after the start of an instance's check the next
	 * one starts; 30 seconds are like one of Route 53's checkers
	 * @return the changed options
	 * @throws IllegalArgumentException when it is below 100 milliseconds or above a day
	 */
	public RegistryOptions withCheckInterval(Duration newCheckInterval) {
		return with((values) -> values.checkInterval = newCheckInterval);
	}

	/**
	 * Returns these options with those who may call the API: every request but
	 * {@code GET /} has to carry a signature of one of them, by AWS's Signature Version
	 * 4.
	 * @param newCredentials the access keys; {@link Credentials#NONE} asks nobody who
	 * they are
	 * @return the changed options
	 */
	public RegistryOptions withCredentials(Credentials newCredentials) {
		return with((values) -> values.credentials = newCredentials);
	}

	/**
	 * Returns these options with the DNS servers to ask for names that are in no
	 * namespace. Beyond loopback that makes the registry an open resolver.
	 * @param newDnsForward addresses, in the order in which they are asked, at most
	 * eight; none refuses such names
	 * @return the changed options
	 * @throws IllegalArgumentException when there are more, or one of them cannot be
	 * asked
	 */
	public RegistryOptions withDnsForward(List<InetSocketAddress> newDnsForward) {
		return with((values) -> values.dnsForward = newDnsForward);
	}

	/**
	 * Returns these options with the host names under which the API may be called. A web
	 * page can have its own name resolve to the registry's address, so other names are
	 * refused, but IP addresses, {@code localhost} and a name to listen on never are.
	 * @param newAllowedHosts host names, such as a container's aliases; each is allowed
	 * with the prefix {@code data-} too
	 * @return the changed options
	 * @throws IllegalArgumentException when one is no host name
	 */
	public RegistryOptions withAllowedHosts(List<String> newAllowedHosts) {
		return with((values) -> values.allowedHosts = newAllowedHosts);
	}

	private RegistryOptions with(Consumer<Values> change) {
		Values values = new Values(this);
		change.accept(values);
		return values.options();
	}

	private static void checkUpstream(InetSocketAddress upstream) {
		InetAddress address = upstream.getAddress();
		if (address == null || address.isAnyLocalAddress() || address.isMulticastAddress() || upstream.getPort() == 0) {
			throw new IllegalArgumentException(
					"DNS can be forwarded to the address and port of one server only, but not to %s."
						.formatted(upstream));
		}
	}

	private static void checkPort(String name, int port) {
		if (port < 0 || port > MAX_PORT) {
			throw new IllegalArgumentException("The %s must be from 0 to %d, where 0 takes a free one, but is %d."
				.formatted(name, MAX_PORT, port));
		}
	}

	/**
	 * Whether clients may change the emulation while the registry runs.
	 */
	public enum EmulationEndpoint {

		/** Nobody may. */
		CLOSED,
		/** Whoever may call the API may. */
		OPEN

	}

	/**
	 * The components of options that are being changed.
	 */
	private static final class Values {

		private String bind;

		private int httpPort;

		private int dnsPort;

		private @Nullable Path dataDirectory;

		private RegistryMode mode;

		private Emulation emulation;

		private EmulationEndpoint emulationEndpoint;

		private Duration checkInterval;

		private Credentials credentials;

		private List<InetSocketAddress> dnsForward;

		private List<String> allowedHosts;

		Values(RegistryOptions options) {
			this.bind = options.bind;
			this.httpPort = options.httpPort;
			this.dnsPort = options.dnsPort;
			this.dataDirectory = options.dataDirectory;
			this.mode = options.mode;
			this.emulation = options.emulation;
			this.emulationEndpoint = options.emulationEndpoint;
			this.checkInterval = options.checkInterval;
			this.credentials = options.credentials;
			this.dnsForward = options.dnsForward;
			this.allowedHosts = options.allowedHosts;
		}

		RegistryOptions options() {
			return new RegistryOptions(this.bind, this.httpPort, this.dnsPort, this.dataDirectory, this.mode,
					this.emulation, this.emulationEndpoint, this.checkInterval, this.credentials, this.dnsForward,
					this.allowedHosts);
		}

	}

}
