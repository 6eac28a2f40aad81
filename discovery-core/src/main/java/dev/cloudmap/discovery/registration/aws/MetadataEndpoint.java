package dev.cloudmap.discovery.registration.aws;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import dev.cloudmap.discovery.registry.ShortExchange;

/**
 * A link-local HTTP endpoint that describes where an application runs. It is called
 * without a proxy; time and length of a response are limited.
 */
final class MetadataEndpoint {

	/** The longest response. A task's metadata have some kilobytes. */
	private static final int MAX_BYTES = 1 << 20;

	private final String uri;

	private final ShortExchange.Limits limits;

	/**
	 * Creates the endpoint.
	 * @param uri its URI, to which paths are appended
	 * @param timeout the limit for connection, request and response together
	 */
	MetadataEndpoint(String uri, Duration timeout) {
		this.uri = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
		this.limits = new ShortExchange.Limits(timeout, MAX_BYTES);
	}

	/**
	 * Sends a request.
	 * @param method the method
	 * @param path the path, with a slash in front, or empty
	 * @param headers the headers
	 * @return the body; empty if there is no such path
	 * @throws IOException if the endpoint can't be reached or returns another status
	 */
	Optional<String> send(String method, String path, Map<String, String> headers) throws IOException {
		ShortExchange.Answer answer = ShortExchange.send(method, target(path), headers, this.limits);
		if (answer.status() == HttpURLConnection.HTTP_NOT_FOUND) {
			return Optional.empty();
		}
		if (answer.status() != HttpURLConnection.HTTP_OK) {
			throw new IOException("status " + answer.status());
		}
		return Optional.of(answer.body());
	}

	private URI target(String path) throws IOException {
		try {
			return URI.create(this.uri + path);
		}
		catch (IllegalArgumentException ex) {
			throw new IOException("invalid URI", ex);
		}
	}

	@Override
	public String toString() {
		return this.uri;
	}

}
