package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.testsupport.ScriptedServer;

/**
 * A proxy that refuses everything, and the JVM settings to use it. Closing it restores
 * the settings.
 */
public final class RecordingProxy implements AutoCloseable {

	private final ScriptedServer server;

	private final Map<String, @Nullable String> properties = new LinkedHashMap<>();

	private final ProxySelector selector = ProxySelector.getDefault();

	public RecordingProxy() {
		try {
			this.server = ScriptedServer.closingAfter(
					"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns the received request lines.
	 */
	public List<String> requests() {
		return this.server.requests().stream().map((request) -> request.substring(0, request.indexOf('\r'))).toList();
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
				return List
					.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(InetAddress.getLoopbackAddress(), port())));
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
		return this.server.port();
	}

	/**
	 * Refuses connections from now on.
	 */
	public void stopServing() throws IOException {
		this.server.close();
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
		this.server.close();
	}

}
