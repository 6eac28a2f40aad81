package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

/**
 * A proxy that refuses everything, and the JVM settings to use it. Closing it restores
 * the settings.
 */
public final class RecordingProxy implements AutoCloseable {

	/** The received request lines. */
	public final List<String> requests = new CopyOnWriteArrayList<>();

	private final ServerSocket socket;

	private final Map<String, @Nullable String> properties = new LinkedHashMap<>();

	private final ProxySelector selector = ProxySelector.getDefault();

	public RecordingProxy() {
		try {
			this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Thread thread = new Thread(this::serve, "test-proxy");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Makes the JVM use the proxy for every host, also with a selector without
	 * exceptions.
	 */
	public RecordingProxy useForEverything() {
		set("http.proxyHost", "127.0.0.1");
		set("http.proxyPort", Integer.toString(port()));
		set("https.proxyHost", "127.0.0.1");
		set("https.proxyPort", Integer.toString(port()));
		set("http.nonProxyHosts", "");
		ProxySelector.setDefault(new ProxySelector() {

			@Override
			public List<Proxy> select(URI uri) {
				return List.of(new Proxy(Proxy.Type.HTTP,
						new InetSocketAddress(RecordingProxy.this.socket.getInetAddress(), port())));
			}

			@Override
			public void connectFailed(URI uri, SocketAddress address, IOException failure) {
			}

		});
		return this;
	}

	private void set(String property, String value) {
		this.properties.put(property, System.getProperty(property));
		System.setProperty(property, value);
	}

	public int port() {
		return this.socket.getLocalPort();
	}

	private void serve() {
		while (!this.socket.isClosed()) {
			try (Socket client = this.socket.accept()) {
				this.requests.add(readLine(client.getInputStream()));
				client.getOutputStream()
					.write("HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops"
						.getBytes(StandardCharsets.US_ASCII));
			}
			catch (IOException ex) {
				// the client has closed the connection, or the test has ended
			}
		}
	}

	private static String readLine(InputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = in.read(); next > 0 && next != '\r'; next = in.read()) {
			line.append((char) next);
		}
		in.skipNBytes(in.available());
		return line.toString();
	}

	/**
	 * Refuses connections from now on.
	 */
	public void stopServing() throws IOException {
		this.socket.close();
	}

	@Override
	public void close() throws IOException {
		ProxySelector.setDefault(this.selector);
		this.properties.forEach((property, value) -> {
			if (value != null) {
				System.setProperty(property, value);
			}
			else {
				System.clearProperty(property);
			}
		});
		this.socket.close();
	}

}
