package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A reverse proxy for a registry that forwards an answer when it is complete, as nginx
 * does by default, and closes its connection to the registry after each answer.
 */
final class BufferingProxy implements AutoCloseable {

	private static final Set<String> OF_THE_CONNECTION = Set.of("connection", "host", "content-length",
			"transfer-encoding", "http2-settings", "upgrade");

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final HttpServer server;

	private final URI registry;

	BufferingProxy(URI registry) throws IOException {
		this.registry = registry;
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", this::pass);
		this.server.setExecutor(this.executor);
		this.server.start();
	}

	URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort());
	}

	private void pass(HttpExchange exchange) throws IOException {
		try (exchange) {
			HttpRequest.Builder request = HttpRequest.newBuilder(this.registry.resolve(exchange.getRequestURI()))
				.method(exchange.getRequestMethod(),
						BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
			exchange.getRequestHeaders().forEach((name, values) -> {
				if (!isOfTheConnection(name)) {
					values.forEach((value) -> request.header(name, value));
				}
			});
			HttpResponse<byte[]> answer = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofByteArray());
			answer.headers().map().forEach((name, values) -> {
				if (!isOfTheConnection(name)) {
					exchange.getResponseHeaders().put(name, List.copyOf(values));
				}
			});
			exchange.sendResponseHeaders(answer.statusCode(), (answer.body().length > 0) ? answer.body().length : -1);
			exchange.getResponseBody().write(answer.body());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static boolean isOfTheConnection(String header) {
		return OF_THE_CONNECTION.contains(header.toLowerCase(Locale.ROOT));
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.executor.shutdownNow();
	}

}
