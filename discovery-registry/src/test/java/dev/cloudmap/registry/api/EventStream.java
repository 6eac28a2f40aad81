package dev.cloudmap.registry.api;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A watcher that reads what it is sent byte by byte, and only when it is asked to.
 */
final class EventStream implements AutoCloseable {

	private final Socket socket;

	private final InputStream input;

	private final String status;

	private final Map<String, String> headers = new HashMap<>();

	private int chunk;

	private EventStream(Socket socket, String request) throws IOException {
		this.socket = socket;
		this.input = new BufferedInputStream(socket.getInputStream());
		socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
		this.status = headLine();
		for (String line = headLine(); !line.isEmpty(); line = headLine()) {
			String[] parts = line.split(": ", 2);
			this.headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
		}
	}

	/**
	 * Sends a request and reads the head of its answer.
	 * @param receiveBuffer how many bytes may wait on this side of the connection; 0 for
	 * the usual number
	 */
	static EventStream open(InetSocketAddress server, int receiveBuffer, String request) throws IOException {
		Socket socket = new Socket();
		if (receiveBuffer > 0) {
			socket.setReceiveBufferSize(receiveBuffer);
		}
		socket.connect(server);
		socket.setSoTimeout(10_000);
		return new EventStream(socket, request);
	}

	Socket socket() {
		return this.socket;
	}

	String status() {
		return this.status;
	}

	String header(String name) {
		return this.headers.get(name.toLowerCase(Locale.ROOT));
	}

	long revision() {
		return Long.parseLong(header("X-Discovery-Revision"));
	}

	/**
	 * Reads as many bytes as a refusal has.
	 */
	String body() throws IOException {
		byte[] body = this.input.readNBytes(Integer.parseInt(header("Content-Length")));
		return new String(body, StandardCharsets.UTF_8);
	}

	/**
	 * Reads up to the next event, past comments and ids.
	 */
	Event next() throws IOException {
		Event block = nextBlock();
		while (block.data().isEmpty()) {
			block = nextBlock();
		}
		return block;
	}

	/**
	 * Reads up to the next blank line.
	 * @throws EOFException at the end of the stream
	 */
	Event nextBlock() throws IOException {
		Map<String, String> fields = new HashMap<>();
		for (String line = line(); !line.isEmpty(); line = line()) {
			int colon = line.indexOf(':');
			fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
		}
		return new Event(fields.getOrDefault("id", ""), fields.getOrDefault("event", "message"),
				fields.getOrDefault("data", ""), fields.containsKey(""));
	}

	private String line() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int next = read(); next != '\n'; next = read()) {
			line.write(next);
		}
		return line.toString(StandardCharsets.UTF_8);
	}

	private int read() throws IOException {
		if (header("Transfer-Encoding") == null) {
			return readByte();
		}
		if (this.chunk == 0) {
			this.chunk = Integer.parseInt(headLine(), 16);
			if (this.chunk == 0) {
				throw new EOFException("The stream has ended.");
			}
		}
		int next = readByte();
		this.chunk--;
		if (this.chunk == 0) {
			headLine();
		}
		return next;
	}

	private String headLine() throws IOException {
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

	/**
	 * What stands between two blank lines.
	 */
	record Event(String id, String type, String data, boolean comment) {

		long revision() {
			return Long.parseLong(this.id);
		}

	}

}
