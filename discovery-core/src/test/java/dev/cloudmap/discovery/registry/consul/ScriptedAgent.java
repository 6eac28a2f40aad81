package dev.cloudmap.discovery.registry.consul;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.springframework.util.StringUtils;

/**
 * An agent that gives all requests the same answer, and blocks those with an index until
 * it is released.
 */
final class ScriptedAgent implements AutoCloseable {

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final HttpServer server;

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final Semaphore blocked = new Semaphore(0);

	private volatile Answer answer = new Answer(200, "[]", List.of());

	ScriptedAgent() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.executor);
		this.server.createContext("/", this::handle);
		this.server.start();
	}

	private void handle(HttpExchange exchange) throws IOException {
		String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
		String token = exchange.getRequestHeaders().getFirst("X-Consul-Token");
		this.requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI()
				+ ((token != null) ? " token " + token : "") + (body.isEmpty() ? "" : " " + body));
		if (String.valueOf(exchange.getRequestURI().getQuery()).contains("index=")) {
			try {
				this.blocked.acquire();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		Answer current = this.answer;
		current.headers().forEach((header) -> {
			String[] parts = StringUtils.split(header, ": ");
			exchange.getResponseHeaders().add(parts[0], parts[1]);
		});
		byte[] bytes = current.body().getBytes(StandardCharsets.UTF_8);
		exchange.sendResponseHeaders(current.status(), (bytes.length == 0) ? -1 : bytes.length);
		exchange.getResponseBody().write(bytes);
		exchange.close();
	}

	/**
	 * Sets the following answers.
	 * @param headers headers as {@code Name: value}
	 */
	void answer(int status, String body, String... headers) {
		this.answer = new Answer(status, body, List.of(headers));
	}

	/**
	 * Answers the oldest request that is blocked, or the next one.
	 */
	void release() {
		this.blocked.release();
	}

	/**
	 * Returns the requests: method, URI, token and body.
	 */
	List<String> requests() {
		return this.requests;
	}

	URI uri() {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort());
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.executor.shutdownNow();
	}

	private record Answer(int status, String body, List<String> headers) {
	}

}
