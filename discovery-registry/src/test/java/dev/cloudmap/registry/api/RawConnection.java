package dev.cloudmap.registry.api;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A connection with explicit control over sending requests and reading responses.
 */
final class RawConnection implements AutoCloseable {

	private final Socket socket = new Socket();

	private final InputStream input;

	RawConnection(InetSocketAddress server) throws IOException {
		this.socket.connect(server);
		this.socket.setSoTimeout(10_000);
		this.input = new BufferedInputStream(this.socket.getInputStream());
	}

	static String get(String target) {
		return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
	}

	RawConnection send(String text) throws IOException {
		this.socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
		return this;
	}

	Socket socket() {
		return this.socket;
	}

	/**
	 * Returns whether unread data is available.
	 */
	boolean hasReceived() throws IOException {
		return this.input.available() > 0;
	}

	/**
	 * Reads the next response.
	 * @throws EOFException at the end of the connection
	 */
	Response read() throws IOException {
		String status = line();
		Map<String, String> headers = new HashMap<>();
		for (String line = line(); !line.isEmpty(); line = line()) {
			String[] parts = line.split(": ", 2);
			headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
		}
		byte[] body = this.input.readNBytes(Integer.parseInt(headers.get("content-length")));
		return new Response(status, headers, new String(body, StandardCharsets.UTF_8));
	}

	private String line() throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = readByte(); next != '\n'; next = readByte()) {
			line.append((char) next);
		}
		return line.toString().strip();
	}

	private int readByte() throws IOException {
		int next = this.input.read();
		if (next < 0) {
			throw new EOFException("The connection was closed.");
		}
		return next;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	record Response(String status, Map<String, String> headers, String body) {

		String header(String name) {
			return this.headers.get(name.toLowerCase(Locale.ROOT));
		}

		JsonNode json() {
			return JsonMapper.shared().readTree(this.body);
		}

		long revision() {
			return json().get("revision").asLong();
		}

	}

}
