package dev.cloudmap.discovery.registry.cloudmap;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server whose answers a test writes by hand, as each request comes.
 */
final class ScriptedWatchServer implements AutoCloseable {

	private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

	private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();

	private final List<Socket> connections = new CopyOnWriteArrayList<>();

	ScriptedWatchServer() throws IOException {
		daemon(this::accept);
	}

	URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.socket.getLocalPort());
	}

	/**
	 * The next request, when it has come.
	 */
	Request next() throws InterruptedException {
		Request request = this.requests.poll(10, TimeUnit.SECONDS);
		assertThat(request).as("a request").isNotNull();
		return request;
	}

	/**
	 * How many requests wait to be answered.
	 */
	int waiting() {
		return this.requests.size();
	}

	private void accept() {
		try {
			while (true) {
				Socket connection = this.socket.accept();
				this.connections.add(connection);
				daemon(() -> read(connection));
			}
		}
		catch (IOException ex) {
			// closed
		}
	}

	private void read(Socket connection) {
		try {
			BufferedReader reader = new BufferedReader(
					new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				StringBuilder headers = new StringBuilder();
				for (String header = reader.readLine(); header != null
						&& !header.isEmpty(); header = reader.readLine()) {
					headers.append(header).append('\n');
				}
				this.requests.add(new Request(connection, line, headers.toString()));
			}
		}
		catch (IOException ex) {
			// closed
		}
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
		for (Socket connection : this.connections) {
			connection.close();
		}
	}

	private static void daemon(Runnable task) {
		Thread thread = new Thread(task, "scripted-watch-server");
		thread.setDaemon(true);
		thread.start();
	}

	record Request(Socket connection, String line, String headers) {

		/**
		 * Begins a stream.
		 */
		Request open(String revision) throws IOException {
			return send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Discovery-Revision: " + revision
					+ "\r\n\r\n");
		}

		Request refuse(int status, String body) throws IOException {
			return send("HTTP/1.1 " + status + " No\r\nX-Discovery-Revision: 5\r\nContent-Length: " + body.length()
					+ "\r\n\r\n" + body);
		}

		Request send(String text) throws IOException {
			this.connection.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
			this.connection.getOutputStream().flush();
			return this;
		}

		void close() throws IOException {
			this.connection.close();
		}

		/**
		 * Whether the other side has closed the connection.
		 */
		boolean isLeft() {
			try {
				send(": anybody?\n\n");
				return false;
			}
			catch (IOException ex) {
				return true;
			}
		}

	}

}
