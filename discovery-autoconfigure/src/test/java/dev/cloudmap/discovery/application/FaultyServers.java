package dev.cloudmap.discovery.application;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
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
 * Servers on loopback that are well, sick or broken, and note what has arrived.
 */
final class FaultyServers {

	/** How long one that hangs does at most. */
	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final List<AutoCloseable> servers = new ArrayList<>();

	private final Queue<String> arrived = new ConcurrentLinkedQueue<>();

	private final CountDownLatch released = new CountDownLatch(1);

	private final AtomicInteger waiting = new AtomicInteger();

	/**
	 * What has arrived: the server's name, the method and the body.
	 */
	Queue<String> arrived() {
		return this.arrived;
	}

	/**
	 * How many answers hang or stall now.
	 */
	int waiting() {
		return this.waiting.get();
	}

	/**
	 * Those that hang go on.
	 */
	void release() {
		this.released.countDown();
	}

	void stop() throws Exception {
		for (AutoCloseable server : this.servers) {
			server.close();
		}
	}

	int serve(String name, int status) throws IOException {
		return start((server) -> server.createContext("/", (exchange) -> {
			String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
			this.arrived.add(name + " " + exchange.getRequestMethod() + " " + body);
			// to close it as well would close the connection, which the client keeps
			exchange.sendResponseHeaders(status, -1);
		}));
	}

	int hanging(String name) throws IOException {
		return start((server) -> server.createContext("/", (exchange) -> {
			this.arrived.add(name + " " + exchange.getRequestMethod());
			awaitRelease();
			exchange.close();
		}));
	}

	int stalling() throws IOException {
		return start((server) -> server.createContext("/", (exchange) -> {
			exchange.sendResponseHeaders(200, 0);
			exchange.getResponseBody().write("a piece".getBytes(StandardCharsets.UTF_8));
			exchange.getResponseBody().flush();
			awaitRelease();
			exchange.close();
		}));
	}

	/** It sends a part that gives something to read, and then nothing more. */
	int stallingCompressed(int status) throws IOException {
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

	interface Setup {

		void of(HttpServer server);

	}

	int start(Setup setup) throws IOException {
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

	/** Nobody takes its connections, and there is no room for more of them. */
	int unreachable() throws IOException {
		ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
		this.servers.add(server);
		for (int i = 0; i < 10; i++) {
			Socket socket = new Socket();
			this.servers.add(socket);
			try {
				socket.connect(server.getLocalSocketAddress(), 200);
			}
			catch (SocketTimeoutException ex) {
				return server.getLocalPort();
			}
		}
		throw new IllegalStateException("There is still room");
	}

	/** Reads what comes first on each connection, and closes it. */
	int closing() throws IOException {
		return taking((socket) -> socket.getInputStream().read(new byte[8192]));
	}

	/** Takes each connection, reads of it and closes it. */
	int breaking() throws IOException {
		return taking((socket) -> {
			socket.setSoLinger(true, 0);
			socket.getInputStream().read();
		});
	}

	private interface Taking {

		void take(Socket socket) throws IOException;

	}

	private int taking(Taking taking) throws IOException {
		ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		this.servers.add(server);
		Thread thread = new Thread(() -> {
			while (!server.isClosed()) {
				try (Socket socket = server.accept()) {
					taking.take(socket);
				}
				catch (IOException ex) {
					// closed, or the client was faster
				}
			}
		}, "taking-server");
		thread.setDaemon(true);
		thread.start();
		return server.getLocalPort();
	}

}
