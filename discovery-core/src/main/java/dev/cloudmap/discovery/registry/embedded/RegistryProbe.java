package dev.cloudmap.discovery.registry.embedded;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.IpLiteral;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.JsonObjects;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.registry.ShortExchange;
import dev.cloudmap.discovery.registry.cloudmap.connection.SharedSecret;

/**
 * Identifies the program that uses a port of this machine. Time and size of the exchange
 * are limited, so that the program cannot block a start.
 *
 * @param secret the secret of which a registry must prove possession; null if it must
 * have none
 */
record RegistryProbe(@Nullable SharedSecret secret) {

	/** Time to wait for the answer of a registry. */
	static final Duration TIMEOUT = Duration.ofSeconds(2);

	/** The longest answer, head and body together, in bytes. The registry's have 500. */
	private static final int MAX_ANSWER = 8192;

	/** The limits of an exchange with a registry. */
	static final ShortExchange.Limits LIMITS = new ShortExchange.Limits(TIMEOUT, MAX_ANSWER);

	/** The {@code registry} member of a registry's identity. */
	private static final String NAME = "discovery-registry";

	private static final String AUTHORIZATION = "Authorization";

	private static final int OK = 200;

	private static final Pattern ADDRESS = Pattern.compile("\\[?([^\\[\\]]+)]?:(\\d{1,5})");

	private static final int MAX_PORT = 65_535;

	/**
	 * Sends one request.
	 * @param endpoint the endpoint of the registry's API, as an address and a port
	 * @param timeout the time to wait for the answer
	 * @return the registry; empty if nothing listens there
	 * @throws PortTakenException if another program than a registry to join uses the port
	 * @throws RegistryUnavailableException if there is no answer in time
	 */
	Optional<Found> find(URI endpoint, Duration timeout) {
		try {
			URI uri = endpoint.resolve("/");
			Map<String, String> headers = (this.secret != null) ? this.secret.sign(uri) : Map.of();
			ShortExchange.Answer answer = ShortExchange.get(uri, headers,
					new ShortExchange.Limits(timeout, MAX_ANSWER));
			Found found = identify(endpoint, answer);
			checkSecret(endpoint, headers.getOrDefault(AUTHORIZATION, ""),
					answer.headers().get(SharedSecret.PROOF_HEADER));
			return Optional.of(found);
		}
		catch (ConnectException ex) {
			return Optional.empty();
		}
		catch (SocketTimeoutException ex) {
			throw new RegistryUnavailableException("Port " + endpoint.getPort() + " of " + endpoint.getHost()
					+ " is in use, but there was no answer within " + timeout.toMillis() + " ms", ex);
		}
		catch (ProtocolException ex) {
			throw new PortTakenException(endpoint,
					"a server that does not answer like a registry (" + ex.getMessage() + ")");
		}
		catch (IOException ex) {
			// a registry that is stopping closes its connections
			throw new RegistryUnavailableException("Port " + endpoint.getPort() + " of " + endpoint.getHost()
					+ " is in use, but the connection was closed without an answer", ex);
		}
	}

	private static Found identify(URI endpoint, ShortExchange.Answer answer) {
		Map<String, Object> identity = JsonObjects.parse(answer.body());
		if (answer.status() != OK || !NAME.equals(identity.get("registry"))) {
			throw new PortTakenException(endpoint,
					"an HTTP server that is not a registry (status " + answer.status() + ")");
		}
		InetSocketAddress dns = parseAddress(String.valueOf(identity.get("dns")));
		if (dns == null) {
			throw new PortTakenException(endpoint,
					"a registry that does not report the address and port of its DNS server");
		}
		if (!dns.getAddress().isLoopbackAddress()) {
			throw PortTakenException.elsewhere(endpoint, dns);
		}
		return new Found(dns, capabilities(identity.get("capabilities")));
	}

	private void checkSecret(URI endpoint, String authorization, @Nullable String proof) {
		if (this.secret == null && proof != null) {
			throw PortTakenException.otherSecret(endpoint,
					"a registry that requires signatures, but discovery.embedded.secret is not set here");
		}
		if (this.secret != null && proof == null) {
			throw PortTakenException.otherSecret(endpoint,
					"a registry without discovery.embedded.secret, but it is set here");
		}
		if (this.secret != null && !this.secret.isProof(authorization, endpoint, proof)) {
			throw PortTakenException.otherSecret(endpoint,
					"a registry that does not prove that it has the discovery.embedded.secret that is set here");
		}
	}

	/** An older registry does not list its capabilities and has all of them. */
	private static Set<Capability> capabilities(@Nullable Object listed) {
		Set<Capability> capabilities = EnumSet.allOf(Capability.class);
		if (listed instanceof Collection<?> names) {
			capabilities.removeIf((capability) -> !names.contains(capability.wireName()));
		}
		return capabilities;
	}

	private static @Nullable InetSocketAddress parseAddress(String text) {
		Matcher matcher = ADDRESS.matcher(text);
		if (!matcher.matches()) {
			return null;
		}
		InetAddress address = IpLiteral.find(matcher.group(1));
		int port = Integer.parseInt(matcher.group(2));
		return (address != null && port > 0 && port <= MAX_PORT) ? new InetSocketAddress(address, port) : null;
	}

	/**
	 * Returns the numbers of instances and watchers of a registry.
	 * @param endpoint the registry's API
	 * @return the numbers; empty if the registry does not report them, as older ones do,
	 * or does not prove possession of the secret
	 */
	Optional<RegistryPresence> presence(URI endpoint) {
		URI uri = endpoint.resolve(RegistryPresence.PATH);
		Map<String, String> headers = (this.secret != null) ? this.secret.sign(uri) : Map.of();
		try {
			ShortExchange.Answer answer = ShortExchange.get(uri, headers, LIMITS);
			boolean trusted = this.secret == null || this.secret.isProof(headers.getOrDefault(AUTHORIZATION, ""), uri,
					answer.headers().get(SharedSecret.PROOF_HEADER));
			return (trusted && answer.status() == OK) ? RegistryPresence.parse(answer.body()) : Optional.empty();
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	/**
	 * A registry of this machine.
	 *
	 * @param dns the address of its DNS server, a loopback address
	 * @param capabilities its capabilities beyond Cloud Map's API
	 */
	record Found(InetSocketAddress dns, Set<Capability> capabilities) {
	}

}
