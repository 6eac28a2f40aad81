package dev.cloudmap.testsupport;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

import com.sun.net.httpserver.HttpServer;

/**
 * Healthy and faulty servers on the loopback interface that record their requests.
 */
public final class FaultyServers implements AutoCloseable {

	/** The longest time that a hanging server delays its response. */
	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final List<Closeable> servers = new ArrayList<>();

	private final Queue<String> arrived = new ConcurrentLinkedQueue<>();

	private final CountDownLatch released = new CountDownLatch(1);

	private final AtomicInteger waiting = new AtomicInteger();

	/**
	 * The recorded requests: name of the server, method and body.
	 */
	public Queue<String> arrived() {
		return this.arrived;
	}

	/**
	 * The number of responses that currently hang or stall.
	 */
	public int waiting() {
		return this.waiting.get();
	}

	/**
	 * Releases the responses that hang or stall.
	 */
	public void release() {
		this.released.countDown();
	}

	/**
	 * Releases all responses, and stops the servers.
	 */
	@Override
	public void close() throws IOException {
		release();
		for (Closeable server : this.servers) {
			server.close();
		}
	}

	/**
	 * Starts a server that answers each request with a status.
	 */
	public int serve(String name, int status) throws IOException {
		return start((server) -> server.createContext("/", (exchange) -> {
			String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
			this.arrived.add(name + " " + exchange.getRequestMethod() + " " + body);
			// closing the exchange would close the connection, which the client reuses
			exchange.sendResponseHeaders(status, -1);
		}));
	}

	/**
	 * Starts a server that answers no request.
	 */
	public int hanging(String name) throws IOException {
		return start((server) -> server.createContext("/", (exchange) -> {
			this.arrived.add(name + " " + exchange.getRequestMethod());
			awaitRelease();
			exchange.close();
		}));
	}

	/**
	 * Starts a server that sends the first part of a body and then stalls.
	 */
	public int stalling() throws IOException {
		return start((server) -> server.createContext("/", (exchange) -> {
			exchange.sendResponseHeaders(200, 0);
			exchange.getResponseBody().write("a piece".getBytes(StandardCharsets.UTF_8));
			exchange.getResponseBody().flush();
			awaitRelease();
			exchange.close();
		}));
	}

	/** Sends the first part of a compressed body and then stalls. */
	public int stallingCompressed(int status) throws IOException {
		return start((server) -> server.createContext("/", (exchange) -> {
			exchange.getResponseHeaders().set("Content-Encoding", "gzip");
			exchange.sendResponseHeaders(status, 0);
			GZIPOutputStream compressed = new GZIPOutputStream(exchange.getResponseBody(), true);
			compressed.write("a piece".getBytes(StandardCharsets.UTF_8));
			compressed.flush();
			awaitRelease();
			exchange.close();
		}));
	}

	private void awaitRelease() {
		this.waiting.incrementAndGet();
		try {
			this.released.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.waiting.decrementAndGet();
		}
	}

	/** Configures a server before it starts. */
	public interface Setup {

		void of(HttpServer server);

	}

	/**
	 * Starts a server.
	 * @return its port
	 */
	public int start(Setup setup) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		ExecutorService executor = Executors.newCachedThreadPool();
		server.setExecutor(executor);
		setup.of(server);
		server.start();
		this.servers.add(() -> {
			server.stop(0);
			executor.shutdownNow();
		});
		return server.getAddress().getPort();
	}

	/** Starts a server with a full backlog that accepts no connection. */
	public int unreachable() throws IOException {
		return add(ScriptedServer.unresponsive());
	}

	/** Reads each request and closes the connection. */
	public int closing() throws IOException {
		return add(ScriptedServer.closingAfter(""));
	}

	/** Accepts each connection, reads one byte and resets it. */
	public int breaking() throws IOException {
		return add(ScriptedServer.running((connection) -> {
			connection.resetAtEnd();
			connection.read();
		}));
	}

	private int add(ScriptedServer server) {
		this.servers.add(server);
		return server.port();
	}

}
