package dev.cloudmap.discovery.registry.embedded;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A GET request (RFC 9112) to a port of this machine that any program may serve. One
 * deadline holds for the whole exchange. No more is read than an answer of the registry
 * has: a body counts only with a short {@code Content-Length}. No redirect is followed
 * and nothing is decoded.
 */
final class ShortExchange {

	/** The longest answer, head and body together, in bytes. The registry's have 500. */
	static final int MAX_ANSWER = 8192;

	/** How long connection, request and answer may take together. */
	static final Duration TIMEOUT = Duration.ofSeconds(2);

	private static final String END_OF_HEAD = "\r\n\r\n";

	private final URI uri;

	private final InetSocketAddress server;

	private final Map<String, String> headers;

	private final long end = System.nanoTime() + TIMEOUT.toNanos();

	private ShortExchange(URI uri, Map<String, String> headers) throws IOException {
		this.uri = uri;
		this.server = new InetSocketAddress(InetAddress.getByName(uri.getHost()), uri.getPort());
		this.headers = headers;
	}

	/**
	 * Sends a request and reads the answer. Blocks for {@link #TIMEOUT} at most.
	 * @param uri where to: an address, a port and a path
	 * @param headers the headers besides {@code Host} and {@code Connection}
	 * @throws java.net.ConnectException if nothing listens there
	 * @throws SocketTimeoutException if the answer was not complete in time
	 * @throws ProtocolException if the answer is not HTTP/1.1, or its head is longer than
	 * {@link #MAX_ANSWER}
	 * @throws IOException if the connection broke off before
	 */
	static Answer get(URI uri, Map<String, String> headers) throws IOException {
		return new ShortExchange(uri, headers).run();
	}

	private Answer run() throws IOException {
		try (Socket socket = new Socket()) {
			socket.connect(this.server, remainingMillis());
			// fits into the socket's buffer: a server that reads nothing does not block
			// it
			socket.getOutputStream().write(request());
			return read(socket);
		}
	}

	private byte[] request() {
		StringBuilder request = new StringBuilder("GET ").append(this.uri.getRawPath()).append(" HTTP/1.1\r\nHost: ");
		request.append(this.uri.getRawAuthority());
		this.headers.forEach((name, value) -> request.append("\r\n").append(name).append(": ").append(value));
		return request.append("\r\nConnection: close")
			.append(END_OF_HEAD)
			.toString()
			.getBytes(StandardCharsets.US_ASCII);
	}

	private Answer read(Socket socket) throws IOException {
		InputStream in = socket.getInputStream();
		byte[] buffer = new byte[MAX_ANSWER + 1];
		int length = 0;
		Head head = null;
		while (head == null || length < head.end()) {
			socket.setSoTimeout(remainingMillis());
			int read = in.read(buffer, length, buffer.length - length);
			if (read < 0) {
				throw new EOFException("the answer ends too early");
			}
			length += read;
			if (head == null) {
				head = Head.find(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
			}
			if (head == null && length > MAX_ANSWER) {
				throw new ProtocolException("more than " + MAX_ANSWER + " bytes of headers");
			}
		}
		return new Answer(head.status(), head.headers(),
				new String(buffer, head.length(), head.bodyLength(), StandardCharsets.UTF_8));
	}

	private int remainingMillis() throws SocketTimeoutException {
		long remaining = TimeUnit.NANOSECONDS.toMillis(this.end - System.nanoTime());
		if (remaining <= 0) {
			throw new SocketTimeoutException("no complete answer within " + TIMEOUT.toMillis() + " ms");
		}
		return (int) remaining;
	}

	/**
	 * An answer.
	 *
	 * @param status the status
	 * @param headers the headers by their names, in any case; the first of each
	 * @param body the body; empty if it is longer than {@link #MAX_ANSWER} or of unknown
	 * length
	 */
	record Answer(int status, Map<String, String> headers, String body) {
	}

	/**
	 * What stands before the body of an answer.
	 *
	 * @param status the status
	 * @param headers the headers by their names, in any case; the first of each
	 * @param length its length, with the empty line, in bytes
	 */
	private record Head(int status, Map<String, String> headers, int length) {

		private static final String VERSION = "HTTP/1.";

		private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.\\d (\\d{3})( .*)?");

		private static final Pattern SHORT_LENGTH = Pattern.compile("\\d{1,4}");

		/**
		 * Finds the head at the beginning of an answer.
		 * @param text what has arrived, one character for each byte
		 * @return the head; null as long as it is not complete
		 */
		static @Nullable Head find(String text) throws ProtocolException {
			int end = text.indexOf(END_OF_HEAD);
			Matcher statusLine = STATUS_LINE.matcher(text.lines().findFirst().orElse(""));
			if (!VERSION.startsWith(text.substring(0, Math.min(text.length(), VERSION.length())))
					|| (end >= 0 && !statusLine.matches())) {
				throw new ProtocolException("not HTTP/1.1");
			}
			if (end < 0) {
				return null;
			}
			Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
			text.substring(0, end).lines().skip(1).forEach((line) -> {
				int colon = line.indexOf(':');
				if (colon > 0) {
					headers.putIfAbsent(line.substring(0, colon), line.substring(colon + 1).strip());
				}
			});
			return new Head(Integer.parseInt(statusLine.group(1)), headers, end + END_OF_HEAD.length());
		}

		/** The length of the body in bytes; 0 for one that is not read. */
		int bodyLength() {
			String declared = this.headers.getOrDefault("Content-Length", "");
			int bytes = SHORT_LENGTH.matcher(declared).matches() ? Integer.parseInt(declared) : 0;
			return (this.length + bytes <= MAX_ANSWER) ? bytes : 0;
		}

		int end() {
			return this.length + bodyLength();
		}

	}

}
