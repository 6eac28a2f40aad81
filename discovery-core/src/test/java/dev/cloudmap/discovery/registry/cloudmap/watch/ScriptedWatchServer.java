package dev.cloudmap.discovery.registry.cloudmap.watch;

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
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.cloudmap.discovery.registry.cloudmap.call.Answers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server whose test writes the answer to each request.
 */
public final class ScriptedWatchServer implements AutoCloseable {

	private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

	private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();

	private final List<Socket> connections = new CopyOnWriteArrayList<>();

	public ScriptedWatchServer() throws IOException {
		daemon(this::accept);
	}

	public URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.socket.getLocalPort());
	}

	/**
	 * Waits for the next request.
	 */
	public Request next() throws InterruptedException {
		Request request = this.requests.poll(10, TimeUnit.SECONDS);
		assertThat(request).as("a request").isNotNull();
		return request;
	}

	/**
	 * Returns the number of pending requests.
	 */
	public int waiting() {
		return this.requests.size();
	}

	/**
	 * Returns the number of connections that were opened.
	 */
	public int connections() {
		return this.connections.size();
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
			connection.close();
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

	public record Request(Socket connection, String line, String headers) {

		/**
		 * Answers that any service may have changed.
		 */
		public Request everything(long revision) throws IOException {
			return answer(200, "{\"revision\":" + revision + ",\"everything\":true,\"services\":[]}");
		}

		/**
		 * Answers with the services that have changed.
		 */
		public Request changed(long revision, String... services) throws IOException {
			return answer(200, "{\"revision\":" + revision + ",\"everything\":false,\"services\":"
					+ Stream.of(services).map((name) -> '"' + name + '"').collect(Collectors.joining(",", "[", "]"))
					+ "}");
		}

		public Request answer(int status, String body) throws IOException {
			return send("HTTP/1.1 " + status + " Some\r\nX-Discovery-Revision: 5\r\nContent-Length: " + body.length()
					+ "\r\n\r\n" + body);
		}

		public Request send(String text) throws IOException {
			this.connection.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
			this.connection.getOutputStream().flush();
			return this;
		}

		public void close() throws IOException {
			this.connection.close();
		}

		/**
		 * Returns whether the client has closed the connection.
		 */
		public boolean isAborted() {
			return this.connection.isClosed();
		}

	}

}
