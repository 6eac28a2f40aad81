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
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.registry.ShortExchange;
import dev.cloudmap.discovery.registry.JsonObjects;
import dev.cloudmap.discovery.registry.cloudmap.SharedSecret;

/**
 * Finds out what serves a port of this machine. What it is can't stop or delay a start:
 * the exchange is bounded in time and size.
 */
final class RegistryProbe {

	/** How long a registry may take to answer. */
	static final Duration TIMEOUT = Duration.ofSeconds(2);

	/** The longest answer, head and body together, in bytes. The registry's have 500. */
	private static final int MAX_ANSWER = 8192;

	/** What an exchange with a registry may take. */
	static final ShortExchange.Limits LIMITS = new ShortExchange.Limits(TIMEOUT, MAX_ANSWER);

	/** The {@code registry} member of a registry's identity. */
	private static final String NAME = "discovery-registry";

	private static final String AUTHORIZATION = "Authorization";

	private static final int OK = 200;

	private static final Pattern ADDRESS = Pattern.compile("\\[?([^\\[\\]]+)]?:(\\d{1,5})");

	private static final int MAX_PORT = 65_535;

	private final @Nullable SharedSecret secret;

	/**
	 * Creates the probe.
	 * @param secret what a registry has to prove that it has; null if it has to have none
	 */
	RegistryProbe(@Nullable SharedSecret secret) {
		this.secret = secret;
	}

	/**
	 * Asks once.
	 * @param endpoint the registry's API, as an address and a port; not null
	 * @param timeout how long the answer may take; not null
	 * @return the registry; empty if nothing listens there
	 * @throws PortTakenException if something else than a registry to join does
	 * @throws RegistryUnavailableException if it gives no answer in time
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
					+ " is taken, but what serves it did not" + " answer within " + timeout.toMillis() + " ms", ex);
		}
		catch (ProtocolException ex) {
			throw new PortTakenException(endpoint,
					"a server that gives no answer a registry would give (" + ex.getMessage() + ")");
		}
		catch (IOException ex) {
			// as a registry does that is just stopping
			throw new RegistryUnavailableException("Port " + endpoint.getPort() + " of " + endpoint.getHost()
					+ " is taken, but what serves it broke the connection off", ex);
		}
	}

	private static Found identify(URI endpoint, ShortExchange.Answer answer) {
		Map<String, Object> identity = JsonObjects.parse(answer.body());
		if (answer.status() != OK || !NAME.equals(identity.get("registry"))) {
			throw new PortTakenException(endpoint,
					"an HTTP server that is no registry (status " + answer.status() + ")");
		}
		InetSocketAddress dns = parseAddress(String.valueOf(identity.get("dns")));
		if (dns == null) {
			throw new PortTakenException(endpoint, "a registry that does not tell the address and port of its DNS");
		}
		if (!dns.getAddress().isLoopbackAddress()) {
			throw PortTakenException.elsewhere(endpoint, dns);
		}
		return new Found(dns, capabilities(identity.get("capabilities")));
	}

	private void checkSecret(URI endpoint, String authorization, @Nullable String proof) {
		if (this.secret == null && proof != null) {
			throw PortTakenException.otherSecret(endpoint,
					"a registry that requires signatures, and discovery.embedded.secret is not set here");
		}
		if (this.secret != null && proof == null) {
			throw PortTakenException.otherSecret(endpoint,
					"a registry without discovery.embedded.secret, which is set here");
		}
		if (this.secret != null && !this.secret.isProof(authorization, endpoint, proof)) {
			throw PortTakenException.otherSecret(endpoint,
					"a registry that does not prove that it has the discovery.embedded.secret that is set here");
		}
	}

	/** A registry that does not list its capabilities has all: it is older. */
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
	 * How much is registered in a registry.
	 * @param endpoint the registry's API
	 * @return the numbers; empty if the registry does not tell them, as an older one, or
	 * if what answers does not prove that it has the secret
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
	 * @param dns where its DNS is, on a loopback address
	 * @param capabilities what it can do beyond Cloud Map's API
	 */
	record Found(InetSocketAddress dns, Set<Capability> capabilities) {
	}

}
