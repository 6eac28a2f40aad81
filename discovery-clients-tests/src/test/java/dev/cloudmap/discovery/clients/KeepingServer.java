package dev.cloudmap.discovery.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;

/**
 * An instance that keeps its connections open until the client closes them, and answers
 * {@code ok}: the first letter at once, the second when it may.
 */
final class KeepingServer implements AutoCloseable {

	static final Duration LIMIT = Duration.ofSeconds(20);

	private final ServerSocket socket = bind();

	final AtomicInteger opened = new AtomicInteger();

	final AtomicInteger asked = new AtomicInteger();

	final AtomicInteger closed = new AtomicInteger();

	volatile CountDownLatch release = new CountDownLatch(0);

	KeepingServer() {
		start(() -> {
			while (!this.socket.isClosed()) {
				Socket connection = this.socket.accept();
				this.opened.incrementAndGet();
				start(() -> serve(connection));
			}
		});
	}

	/**
	 * What a look-up has found.
	 */
	static InstanceSet set(KeepingServer... servers) {
		return new InstanceSet(Workers.WORKER,
				Stream.of(servers)
					.map((server) -> new Instance(Workers.WORKER, "i-" + server.port(), "127.0.0.1", server.port(),
							HealthStatus.HEALTHY, Map.of()))
					.toList(),
				"test");
	}

	private static ServerSocket bind() {
		try {
			ServerSocket socket = new ServerSocket();
			socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
			return socket;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void serve(Socket connection) throws Exception {
		try (connection) {
			BufferedReader reader = new BufferedReader(
					new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
			OutputStream out = connection.getOutputStream();
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				if (line.isEmpty()) {
					out.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no".getBytes(StandardCharsets.US_ASCII));
					this.asked.incrementAndGet();
					this.release.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
					out.write('k');
				}
			}
		}
		finally {
			this.closed.incrementAndGet();
		}
	}

	private static void start(Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (Exception ex) {
				// its socket was closed
			}
		}, "keeping-server");
		thread.setDaemon(true);
		thread.start();
	}

	int port() {
		return this.socket.getLocalPort();
	}

	String url() {
		return "http://127.0.0.1:" + port() + "/";
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private interface Task {

		void run() throws Exception;

	}

}
