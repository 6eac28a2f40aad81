package dev.cloudmap.discovery.registration;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import dev.cloudmap.discovery.registry.ConnectionLog;

/**
 * An HTTP endpoint that tells an application where it runs. It is beside the machine:
 * never behind a proxy, and what it does not answer at once it does not answer. Asked
 * with {@link HttpURLConnection}, which leaves no thread behind.
 */
final class MetadataEndpoint {

	private static final int MAX_BYTES = 1 << 20;

	private final String uri;

	private final Duration timeout;

	/**
	 * Creates the endpoint.
	 * @param uri its URI, to which paths are appended
	 * @param timeout how long to wait for a connection, and for an answer
	 */
	MetadataEndpoint(String uri, Duration timeout) {
		ConnectionLog.hideCredentials();
		this.uri = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
		this.timeout = timeout;
	}

	/**
	 * Asks once.
	 * @param method the method
	 * @param path the path, with a slash in front, or empty
	 * @param headers the headers
	 * @return the body; empty if there is no such path
	 * @throws IOException if the endpoint is not reached or answers otherwise
	 */
	Optional<String> send(String method, String path, Map<String, String> headers) throws IOException {
		HttpURLConnection connection = open(path);
		try {
			connection.setConnectTimeout((int) this.timeout.toMillis());
			connection.setReadTimeout((int) this.timeout.toMillis());
			connection.setInstanceFollowRedirects(false);
			connection.setUseCaches(false);
			connection.setRequestMethod(method);
			headers.forEach(connection::setRequestProperty);
			int status = connection.getResponseCode();
			if (status == HttpURLConnection.HTTP_NOT_FOUND) {
				return Optional.empty();
			}
			if (status != HttpURLConnection.HTTP_OK) {
				throw new IOException("status " + status);
			}
			try (InputStream body = connection.getInputStream()) {
				return Optional.of(new String(body.readNBytes(MAX_BYTES), StandardCharsets.UTF_8));
			}
		}
		finally {
			connection.disconnect();
		}
	}

	private HttpURLConnection open(String path) throws IOException {
		try {
			if (URI.create(this.uri + path).toURL().openConnection(Proxy.NO_PROXY) instanceof HttpURLConnection http) {
				return http;
			}
		}
		catch (IllegalArgumentException ex) {
			throw new IOException("it is no URI", ex);
		}
		throw new IOException("it is no HTTP URI");
	}

	@Override
	public String toString() {
		return this.uri;
	}

}
