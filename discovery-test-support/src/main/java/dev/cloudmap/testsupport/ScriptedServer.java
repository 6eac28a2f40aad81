package dev.cloudmap.testsupport;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A server on the loopback address that sends what its test scripts, valid HTTP or not.
 * It serves each connection on a thread of its own.
 */
public final class ScriptedServer implements Closeable {

	private static final char[] PASSWORD = "changeit".toCharArray();

	private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

	private final Queue<String> requests = new ConcurrentLinkedQueue<>();

	private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

	private final CountDownLatch closed = new CountDownLatch(1);

	private final ServerSocket socket;

	private final Closeable backlog;

	private ScriptedServer(ServerSocket socket, Closeable backlog) {
		this.socket = socket;
		this.backlog = backlog;
	}

	/**
	 * Gives each request the same response and does not close the connection.
	 */
	public static ScriptedServer answering(String answer) throws IOException {
		return answering(answer, 0);
	}

	public static ScriptedServer answering(String answer, int port) throws IOException {
		return on(listen(port), answer(answer));
	}

	/**
	 * Gives each request the same response and closes the connection.
	 */
	public static ScriptedServer closingAfter(String answer) throws IOException {
		return on(listen(0), (connection) -> {
			connection.readRequest();
			connection.send(answer);
		});
	}

	/**
	 * Sends data before it receives a request.
	 */
	public static ScriptedServer greeting(String greeting) throws IOException {
		return on(listen(0), (connection) -> {
			connection.send(greeting);
			connection.awaitEnd();
		});
	}

	/**
	 * Uses TLS with a self-signed certificate.
	 */
	public static ScriptedServer encrypted(Path directory, String answer) throws Exception {
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(keyStore(directory.resolve("keys.p12")), PASSWORD);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), null, null);
		return on(context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
				answer(answer));
	}

	private static KeyStore keyStore(Path file) throws Exception {
		if (!Files.exists(file)) {
			Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
			Process process = new ProcessBuilder(keytool.toString(), "-genkeypair", "-keyalg", "EC", "-dname",
					"CN=not.the.name", "-validity", "1", "-storetype", "PKCS12", "-keystore", file.toString(),
					"-storepass", new String(PASSWORD))
				.redirectErrorStream(true)
				.start();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			if (process.waitFor() != 0) {
				throw new IOException(output);
			}
		}
		return KeyStore.getInstance(file.toFile(), PASSWORD);
	}

	/**
	 * Accepts no connection and fills its backlog, so that further connection attempts
	 * are not answered.
	 */
	public static ScriptedServer unresponsive() throws IOException {
		ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
		return new ScriptedServer(socket, FullBacklog.of(socket.getLocalSocketAddress()));
	}

	/**
	 * Runs a script for each connection.
	 */
	public static ScriptedServer running(Script script) throws IOException {
		return on(listen(0), script);
	}

	/**
	 * Runs a script for each connection of a socket that already listens, and closes the
	 * socket in the end.
	 */
	public static ScriptedServer on(ServerSocket socket, Script script) {
		ScriptedServer server = new ScriptedServer(socket, () -> {
		});
		server.startDaemon(() -> server.accept(script));
		return server;
	}

	private static ServerSocket listen(int port) throws IOException {
		return new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
	}

	private static Script answer(String answer) {
		return (connection) -> {
			connection.readRequest();
			connection.send(answer);
			connection.awaitEnd();
		};
	}

	public int port() {
		return this.socket.getLocalPort();
	}

	public URI uri() {
		return URI.create("http://127.0.0.1:" + port());
	}

	/**
	 * Returns the received requests, each up to the end of its headers.
	 */
	public List<String> requests() {
		return List.copyOf(this.requests);
	}

	/**
	 * Returns the number of connections that neither side has closed yet.
	 */
	public int connections() {
		return this.connections.size();
	}

	private void accept(Script script) {
		while (!this.socket.isClosed()) {
			try {
				Socket accepted = this.socket.accept();
				this.connections.add(accepted);
				startDaemon(() -> serve(accepted, script));
			}
			catch (IOException ex) {
				// The socket is closed, which the loop condition detects.
			}
		}
	}

	private void serve(Socket accepted, Script script) {
		try (accepted) {
			script.serve(new Connection(accepted));
		}
		catch (IOException ex) {
			// The client closed the connection, or the test has ended.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.connections.remove(accepted);
		}
	}

	private void startDaemon(Runnable task) {
		Thread thread = new Thread(task, "scripted-server");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.closed.countDown();
		this.socket.close();
		this.backlog.close();
		for (Socket connection : new ArrayList<>(this.connections)) {
			connection.close();
		}
	}

	/**
	 * Serves one connection, which is closed when the script returns.
	 */
	@FunctionalInterface
	public interface Script {

		void serve(Connection connection) throws IOException, InterruptedException;

	}

	/**
	 * A connection of a client.
	 */
	public final class Connection {

		private final Socket socket;

		private Connection(Socket socket) {
			this.socket = socket;
		}

		/**
		 * Reads a request with its body, because closing a connection with unread input
		 * resets it.
		 * @return the request up to the end of its headers
		 */
		public String readRequest() throws IOException {
			InputStream in = this.socket.getInputStream();
			ByteArrayOutputStream head = new ByteArrayOutputStream();
			String request = "";
			while (!request.endsWith("\r\n\r\n")) {
				int octet = in.read();
				if (octet < 0) {
					throw new EOFException();
				}
				head.write(octet);
				if (octet == '\n') {
					request = head.toString(StandardCharsets.ISO_8859_1);
				}
			}
			Matcher length = CONTENT_LENGTH.matcher(request);
			in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
			ScriptedServer.this.requests.add(request);
			return request;
		}

		/**
		 * Reads one byte.
		 */
		public void read() throws IOException {
			this.socket.getInputStream().read();
		}

		/**
		 * Sends text in ISO 8859-1.
		 */
		public void send(String text) throws IOException {
			this.socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
			this.socket.getOutputStream().flush();
		}

		/**
		 * Sends a text again and again, until the client closes the connection or the
		 * test ends.
		 */
		public void sendEvery(Duration interval, String text) throws IOException, InterruptedException {
			while (!ScriptedServer.this.closed.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
				send(text);
			}
		}

		/**
		 * Waits until the client closes the connection.
		 */
		public void awaitEnd() throws IOException {
			this.socket.getInputStream().readAllBytes();
		}

		/**
		 * Makes the end of the connection a reset.
		 */
		public void resetAtEnd() throws IOException {
			this.socket.setSoLinger(true, 0);
		}

	}

}
