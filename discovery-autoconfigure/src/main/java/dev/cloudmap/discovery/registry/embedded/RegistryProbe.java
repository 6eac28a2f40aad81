package dev.cloudmap.discovery.registry.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

import org.springframework.boot.json.JsonParserFactory;

import dev.cloudmap.discovery.RegistryUnavailableException;

/**
 * Asks who serves a port of this machine.
 */
final class RegistryProbe {

	/** Every answer of the embedded registry carries this header. */
	private static final String REVISION_HEADER = "X-Discovery-Revision";

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	/**
	 * Asks once.
	 * @param endpoint where to ask; not null
	 * @return where the registry's DNS is; empty if nobody serves the port
	 * @throws PortTakenException if something else than a registry does
	 */
	Optional<InetSocketAddress> findDns(URI endpoint) {
		HttpClient client = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.connectTimeout(TIMEOUT)
			.proxy(HttpClient.Builder.NO_PROXY)
			.build();
		try {
			HttpResponse<InputStream> response = client.send(HttpRequest.newBuilder(endpoint).timeout(TIMEOUT).build(),
					HttpResponse.BodyHandlers.ofInputStream());
			// another server's body may never end
			try (InputStream body = response.body()) {
				if (response.headers().firstValue(REVISION_HEADER).isEmpty()) {
					throw new PortTakenException(endpoint,
							"an HTTP server that is no registry (status " + response.statusCode() + ")");
				}
				return Optional.of(parseIdentity(new String(body.readAllBytes(), StandardCharsets.UTF_8)));
			}
		}
		catch (ConnectException ex) {
			return Optional.empty();
		}
		catch (HttpTimeoutException ex) {
			throw new RegistryUnavailableException(
					"Port " + endpoint.getPort() + " of " + endpoint.getHost()
							+ " is taken, but whoever serves it did not answer within " + TIMEOUT.toMillis() + " ms",
					ex);
		}
		catch (ProtocolException | IllegalArgumentException ex) {
			throw new PortTakenException(endpoint, "a server that gives no answer a registry would give (" + ex + ")");
		}
		catch (IOException ex) {
			// as a registry does that is just going
			throw new RegistryUnavailableException("Port " + endpoint.getPort() + " of " + endpoint.getHost()
					+ " is taken, but whoever serves it broke the connection off", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new RegistryUnavailableException("Interrupted while looking for a registry at " + endpoint, ex);
		}
	}

	private static InetSocketAddress parseIdentity(String body) {
		return parseAddress(String.valueOf(JsonParserFactory.getJsonParser().parseMap(body).get("dns")));
	}

	private static InetSocketAddress parseAddress(String address) {
		URI uri = URI.create("dns://" + address);
		if (uri.getHost() == null || uri.getPort() < 0) {
			throw new IllegalArgumentException("'" + address + "' is no host:port");
		}
		return new InetSocketAddress(uri.getHost(), uri.getPort());
	}

}
