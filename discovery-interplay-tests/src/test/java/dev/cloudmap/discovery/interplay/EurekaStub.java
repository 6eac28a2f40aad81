package dev.cloudmap.discovery.interplay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A Eureka server that has one instance, of the application {@code LEGACY}, and records
 * the registered applications.
 */
final class EurekaStub implements AutoCloseable {

	private static final String APPLICATIONS = """
			{"applications": {"versions__delta": "1", "apps__hashcode": "UP_1_", "application": [
				{"name": "LEGACY", "instance": [{
					"instanceId": "legacy-1", "hostName": "127.0.0.1", "app": "LEGACY", "ipAddr": "127.0.0.1",
					"status": "UP", "port": {"$": %d, "@enabled": "true"}, "securePort": {"$": 443, "@enabled": "false"},
					"dataCenterInfo": {"@class": "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo", "name": "MyOwn"},
					"vipAddress": "legacy", "secureVipAddress": "legacy", "metadata": {}, "actionType": "ADDED"}]}]}}
			""";

	private final Map<String, String> registered = new ConcurrentHashMap<>();

	private final byte[] applications;

	private final HttpServer server;

	/**
	 * Starts the server.
	 * @param legacyPort the port of the instance
	 */
	EurekaStub(int legacyPort) throws IOException {
		this.applications = APPLICATIONS.formatted(legacyPort).getBytes(StandardCharsets.UTF_8);
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/eureka/apps/", this::answer);
		this.server.start();
	}

	private void answer(HttpExchange exchange) throws IOException {
		try (exchange) {
			String[] path = exchange.getRequestURI().getPath().split("/", -1);
			switch (exchange.getRequestMethod()) {
				case "GET" -> {
					byte[] body = (path.length > 4) ? this.registered.get(path[3]).getBytes(StandardCharsets.UTF_8)
							: this.applications;
					exchange.getResponseHeaders().set("Content-Type", "application/json");
					exchange.sendResponseHeaders(200, body.length);
					exchange.getResponseBody().write(body);
				}
				case "POST" -> {
					this.registered.put(path[3],
							new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
					exchange.sendResponseHeaders(204, -1);
				}
				case "DELETE" -> {
					this.registered.remove(path[3]);
					exchange.sendResponseHeaders(200, -1);
				}
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

	/**
	 * Returns the registered instances as JSON, by the name of the application.
	 */
	Map<String, String> registered() {
		return Map.copyOf(this.registered);
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
