package dev.cloudmap.benchmarks.scenario.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * Sends single requests outside the load.
 */
public final class Http {

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private static final HttpClient CLIENT = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.connectTimeout(TIMEOUT)
		.build();

	private Http() {
	}

	public static String get(URI uri) {
		return send(HttpRequest.newBuilder(uri));
	}

	public static String post(URI uri, String body, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body));
		return send((headers.length > 0) ? request.headers(headers) : request);
	}

	private static String send(HttpRequest.Builder builder) {
		HttpRequest request = builder.timeout(TIMEOUT).build();
		try {
			HttpResponse<String> response = CLIENT.send(request, BodyHandlers.ofString());
			if (response.statusCode() / 100 != 2) {
				throw new IOException(request + " was answered with " + response.statusCode() + " " + response.body());
			}
			return response.body();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

}
