package dev.cloudmap.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A server that gives each request the same response, valid or not, and does not close
 * the connection.
 */
public final class ScriptedServer implements AutoCloseable {

	private static final char[] PASSWORD = "changeit".toCharArray();

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

	private final ServerSocket socket;

	private final String answer;

	private final Manner manner;

	private ScriptedServer(ServerSocket socket, String answer, Manner manner) {
		this.socket = socket;
		this.answer = answer;
		this.manner = manner;
	}

	private ScriptedServer begin() {
		daemon(this::accept);
		return this;
	}

	public static ScriptedServer answering(String answer) throws IOException {
		return answering(answer, 0);
	}

	public static ScriptedServer answering(String answer, int port) throws IOException {
		return new ScriptedServer(new ServerSocket(port, 50, InetAddress.getLoopbackAddress()), answer, Manner.PATIENT)
			.begin();
	}

	public static ScriptedServer hangingUpAfter(String beginning) throws IOException {
		return new ScriptedServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), beginning, Manner.HASTY)
			.begin();
	}

	/**
	 * Sends data before it receives a request.
	 */
	public static ScriptedServer greeting(String greeting) throws IOException {
		return new ScriptedServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), greeting, Manner.UNASKED)
			.begin();
	}

	/**
	 * Uses TLS with a self-signed certificate.
	 */
	public static ScriptedServer encrypted(Path directory, String answer) throws Exception {
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(keyStore(directory.resolve("keys.p12")), PASSWORD);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), null, null);
		ServerSocket socket = context.getServerSocketFactory()
			.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
		return new ScriptedServer(socket, answer, Manner.PATIENT).begin();
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
	public static ScriptedServer acceptingNobody() throws IOException {
		ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
		ScriptedServer server = new ScriptedServer(full, "", Manner.PATIENT);
		try {
			while (server.connections.size() < 10) {
				Socket waiting = new Socket();
				server.connections.add(waiting);
				waiting.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), full.getLocalPort()), 200);
			}
		}
		catch (SocketTimeoutException ex) {
			// Expected: the backlog is full.
		}
		return server;
	}

	public int port() {
		return this.socket.getLocalPort();
	}

	/**
	 * Returns the received requests, each up to the end of its headers.
	 */
	public List<String> requests() {
		return List.copyOf(this.requests);
	}

	/**
	 * Returns the number of connections that the client has not closed yet.
	 */
	public int connections() {
		return this.connections.size();
	}

	private void accept() {
		while (!this.socket.isClosed()) {
			try {
				Socket connection = this.socket.accept();
				this.connections.add(connection);
				daemon(() -> serve(connection));
			}
			catch (IOException ex) {
				// The socket is closed, which the loop condition detects.
			}
		}
	}

	private void serve(Socket connection) {
		try (connection) {
			InputStream in = connection.getInputStream();
			if (this.manner != Manner.UNASKED) {
				String request = readHead(in);
				if (request.isEmpty()) {
					return;
				}
				this.requests.add(request);
			}
			connection.getOutputStream().write(this.answer.getBytes(StandardCharsets.ISO_8859_1));
			connection.getOutputStream().flush();
			if (this.manner != Manner.HASTY) {
				in.readAllBytes();
			}
		}
		catch (IOException ex) {
			// The client closed the connection.
		}
		finally {
			this.connections.remove(connection);
		}
	}

	private static String readHead(InputStream in) throws IOException {
		ByteArrayOutputStream head = new ByteArrayOutputStream();
		for (int octet = in.read(); octet >= 0; octet = in.read()) {
			head.write(octet);
			if (head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
				return head.toString(StandardCharsets.ISO_8859_1);
			}
		}
		return "";
	}

	private static void daemon(Runnable task) {
		Thread thread = new Thread(task, "scripted-server");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
		for (Socket connection : new ArrayList<>(this.connections)) {
			connection.close();
		}
	}

	private enum Manner {

		/** Responds and does not close the connection. */
		PATIENT,
		/** Responds and closes the connection. */
		HASTY,
		/** Responds before it receives a request. */
		UNASKED

	}

}
