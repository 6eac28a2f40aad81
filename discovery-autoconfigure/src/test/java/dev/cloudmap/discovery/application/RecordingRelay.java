package dev.cloudmap.discovery.application;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * Relays requests to a registry and records them: operations by name, other requests by
 * method and path.
 */
final class RecordingRelay implements AutoCloseable {

	private static final String TARGET = "X-Amz-Target";

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final HttpClient client = HttpClient.newHttpClient();

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final URI registry;

	private final HttpServer server;

	RecordingRelay(URI registry, int port) throws IOException {
		this.registry = registry;
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
		this.server.setExecutor(this.executor);
		this.server.createContext("/", this::relay);
		this.server.start();
	}

	List<String> requests() {
		return this.requests;
	}

	private void relay(HttpExchange exchange) throws IOException {
		try (exchange) {
			String target = exchange.getRequestHeaders().getFirst(TARGET);
			String path = exchange.getRequestURI().toString();
			this.requests.add((target != null) ? target.substring(target.indexOf('.') + 1)
					: exchange.getRequestMethod() + " " + path);
			byte[] body = exchange.getRequestBody().readAllBytes();
			HttpRequest.Builder request = HttpRequest.newBuilder(this.registry.resolve(path))
				.method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
			if (target != null) {
				request.header(TARGET, target);
			}
			HttpResponse<byte[]> response = this.client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
			response.headers()
				.map()
				.forEach((name, values) -> values.forEach((value) -> exchange.getResponseHeaders().add(name, value)));
			exchange.getResponseHeaders().remove("content-length");
			exchange.sendResponseHeaders(response.statusCode(),
					(response.body().length > 0) ? response.body().length : -1);
			exchange.getResponseBody().write(response.body());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.executor.shutdownNow();
	}

}
