package dev.cloudmap.benchmarks.scenario.startup;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * Answers a Eureka client at once: accepts each registration and renewal, and has no
 * applications.
 */
final class EurekaStub implements AutoCloseable {

	private static final byte[] NO_APPLICATIONS = "{\"applications\":{\"versions__delta\":\"1\",\"apps__hashcode\":\"\",\"application\":[]}}"
		.getBytes(StandardCharsets.UTF_8);

	private final HttpServer server;

	EurekaStub() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/eureka/", EurekaStub::answer);
		this.server.start();
	}

	private static void answer(HttpExchange exchange) throws IOException {
		try (exchange) {
			switch (exchange.getRequestMethod()) {
				case "GET" -> {
					exchange.getResponseHeaders().set("Content-Type", "application/json");
					exchange.sendResponseHeaders(200, NO_APPLICATIONS.length);
					exchange.getResponseBody().write(NO_APPLICATIONS);
				}
				case "POST" -> exchange.sendResponseHeaders(204, -1);
				default -> exchange.sendResponseHeaders(200, -1);
			}
		}
	}

	/**
	 * Returns the URL for Eureka's clients.
	 */
	String url() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort() + "/eureka/";
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
