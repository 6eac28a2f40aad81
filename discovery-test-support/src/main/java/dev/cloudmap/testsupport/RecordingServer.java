package dev.cloudmap.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import javax.net.ssl.SSLContext;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

/**
 * An HTTP server on the loopback interface that answers with its name and records
 * requests.
 */
public final class RecordingServer implements AutoCloseable {

	private final String name;

	private final HttpServer server;

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final CountDownLatch released = new CountDownLatch(1);

	private final Queue<String> arrived = new ConcurrentLinkedQueue<>();

	private volatile int status = 200;

	private volatile boolean hanging;

	private RecordingServer(String name, HttpServer server) {
		this.name = name;
		this.server = server;
		this.server.setExecutor(this.executor);
		this.server.createContext("/", this::answer);
		this.server.start();
	}

	public static RecordingServer plain(String name) {
		return plain(name, 0);
	}

	/**
	 * Creates a server with a port.
	 * @param port the port; 0 for one that the operating system assigns
	 */
	public static RecordingServer plain(String name, int port) {
		try {
			return new RecordingServer(name,
					HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Creates a server that accepts TLS connections only.
	 */
	public static RecordingServer secure(String name, SSLContext certificate) {
		try {
			HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
			server.setHttpsConfigurator(new HttpsConfigurator(certificate));
			return new RecordingServer(name, server);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void answer(HttpExchange exchange) throws IOException {
		String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
		this.arrived.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
				+ exchange.getRequestHeaders().getFirst("X-Test") + " " + body);
		if (this.hanging) {
			try {
				this.released.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		byte[] answer = this.name.getBytes(StandardCharsets.UTF_8);
		exchange.sendResponseHeaders(this.status, answer.length);
		exchange.getResponseBody().write(answer);
		exchange.getResponseBody().close();
	}

	public int port() {
		return this.server.getAddress().getPort();
	}

	/**
	 * Returns the requests: method, URI, the header {@code X-Test}, and body.
	 */
	public Queue<String> arrived() {
		return this.arrived;
	}

	/**
	 * Sets the status of the following answers, which is 200 by default.
	 */
	public void answerWith(int status) {
		this.status = status;
	}

	/**
	 * Delays the following answers until the server is closed.
	 */
	public void hang() {
		this.hanging = true;
	}

	@Override
	public void close() {
		this.released.countDown();
		this.server.stop(0);
		this.executor.shutdownNow();
	}

}
