package dev.cloudmap.containers.fleet;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A program that emulates the metadata endpoints of Amazon ECS and Amazon EC2. It returns
 * each document as it was uploaded with PUT. The document of the EC2 instance requires a
 * session token, as in version 2 of the instance metadata service.
 */
public final class MetadataServer {

	public static final int PORT = 8000;

	private static final String TOKEN_PATH = "/latest/api/token";

	private static final String TOKEN = "AQAEAB=";

	private static final Map<String, byte[]> documents = new ConcurrentHashMap<>();

	private MetadataServer() {
	}

	public static void main(String[] args) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(PORT), 0);
		server.createContext("/", MetadataServer::handle);
		server.start();
		System.out.println("ready");
	}

	private static void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			String path = exchange.getRequestURI().getPath();
			boolean put = exchange.getRequestMethod().equals("PUT");
			if (path.equals(TOKEN_PATH)) {
				answer(exchange, put ? 200 : 405, TOKEN.getBytes(StandardCharsets.UTF_8));
			}
			else if (put) {
				documents.put(path, exchange.getRequestBody().readAllBytes());
				answer(exchange, 200, new byte[0]);
			}
			else if (path.startsWith("/latest/")
					&& !TOKEN.equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"))) {
				answer(exchange, 401, new byte[0]);
			}
			else {
				byte[] document = documents.get(path);
				answer(exchange, (document != null) ? 200 : 404, (document != null) ? document : new byte[0]);
			}
		}
	}

	private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
		exchange.sendResponseHeaders(status, (body.length > 0) ? body.length : -1);
		exchange.getResponseBody().write(body);
	}

}
