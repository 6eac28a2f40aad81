package dev.cloudmap.discovery.registry;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
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
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * An HTTP exchange (RFC 9112) with an untrusted server on this machine or on its local
 * network. One deadline applies to the whole exchange, and the answer has a maximum
 * length. The exchange does not follow redirects, use a proxy, decode content or start
 * threads.
 */
public final class ShortExchange {

	/** The longest head of an answer, in bytes. The registry's have 300. */
	private static final int MAX_HEAD = 8192;

	/** The longest value of a header of a request, which may come from an answer. */
	private static final int MAX_FIELD = 2048;

	private static final Pattern FIELD_VALUE = Pattern.compile("[ -~]{0," + MAX_FIELD + "}");

	private static final String ENDS_TOO_EARLY = "the answer ends too early";

	private static final String OTHER_PROTOCOL = "not HTTP/1.1";

	private static final int DEFAULT_PORT = 80;

	private final URI uri;

	private final Limits limits;

	private final InetSocketAddress server;

	private final long end;

	private ShortExchange(URI uri, Limits limits) throws IOException {
		if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
			throw new ProtocolException("expected an HTTP URI such as http://127.0.0.1:8080, found '" + uri + "'");
		}
		this.uri = uri;
		this.limits = limits;
		this.end = System.nanoTime() + limits.timeout().toNanos();
		this.server = new InetSocketAddress(InetAddress.getByName(uri.getHost()),
				(uri.getPort() >= 0) ? uri.getPort() : DEFAULT_PORT);
	}

	/**
	 * Sends a GET request with a short answer. The body is read only if its
	 * {@code Content-Length} is within the limit. Blocks at most until the deadline.
	 * @param uri the HTTP URI
	 * @param headers the headers besides {@code Host} and {@code Connection}
	 * @param limits the deadline and the maximum length
	 * @return the answer, with an empty body if it was not read
	 * @throws java.net.ConnectException if nothing listens at the address
	 * @throws SocketTimeoutException if the answer was not complete in time
	 * @throws ProtocolException if the answer is not HTTP/1.1, or its head is too long,
	 * or a header of the request can't be sent
	 * @throws IOException if the connection was closed before the answer was complete
	 */
	public static Answer get(URI uri, Map<String, String> headers, Limits limits) throws IOException {
		return new ShortExchange(uri, limits).run("GET", headers, null, false);
	}

	/**
	 * Sends a request and reads the whole body, regardless of how its end is marked.
	 * Blocks at most until the deadline.
	 * @param method the method
	 * @param uri the HTTP URI
	 * @param headers the headers besides {@code Host} and {@code Connection}
	 * @param limits the deadline and the maximum length
	 * @throws java.net.ConnectException if nothing listens at the address
	 * @throws SocketTimeoutException if the answer was not complete in time
	 * @throws ProtocolException if the answer is not HTTP/1.1, or too long, or a header
	 * of the request can't be sent
	 * @throws IOException if the connection was closed before the answer was complete
	 */
	public static Answer send(String method, URI uri, Map<String, String> headers, Limits limits) throws IOException {
		return new ShortExchange(uri, limits).run(method, headers, null, true);
	}

	/**
	 * Sends a POST request with a body, and reads the whole body of the answer. Blocks at
	 * most until the deadline, if the server reads the request.
	 * @param uri the HTTP URI
	 * @param headers the headers besides {@code Host}, {@code Content-Length} and
	 * {@code Connection}
	 * @param body the body, sent as UTF-8
	 * @param limits the deadline and the maximum length of the answer
	 * @throws java.net.ConnectException if nothing listens at the address
	 * @throws SocketTimeoutException if the answer was not complete in time
	 * @throws ProtocolException if the answer is not HTTP/1.1, or too long, or a header
	 * of the request can't be sent
	 * @throws IOException if the connection was closed before the answer was complete
	 */
	public static Answer post(URI uri, Map<String, String> headers, String body, Limits limits) throws IOException {
		return new ShortExchange(uri, limits).run("POST", headers, body, true);
	}

	private Answer run(String method, Map<String, String> headers, @Nullable String content, boolean wholeBody)
			throws IOException {
		try (Socket socket = new Socket()) {
			socket.connect(this.server, remainingMillis());
			// fits into the socket's buffer: does not block if the server reads nothing
			socket.getOutputStream().write(request(method, headers, content));
			InputStream in = new BufferedInputStream(new LimitedInput(socket));
			Head head = Head.read(in);
			byte[] body = wholeBody ? head.wholeBody(in) : head.declaredBody(in, this.limits.bytes());
			return new Answer(head.status(), head.headers(), new String(body, StandardCharsets.UTF_8));
		}
		catch (SocketTimeoutException ex) {
			throw new SocketTimeoutException("no complete answer within " + this.limits.timeout().toMillis() + " ms");
		}
	}

	private byte[] request(String method, Map<String, String> headers, @Nullable String content)
			throws ProtocolException {
		byte[] body = (content != null) ? content.getBytes(StandardCharsets.UTF_8) : new byte[0];
		StringBuilder request = new StringBuilder(method).append(' ');
		request.append(this.uri.getRawPath().isEmpty() ? "/" : this.uri.getRawPath());
		if (this.uri.getRawQuery() != null) {
			request.append('?').append(this.uri.getRawQuery());
		}
		request.append(" HTTP/1.1\r\nHost: ").append(this.uri.getRawAuthority());
		for (Map.Entry<String, String> header : headers.entrySet()) {
			if (!FIELD_VALUE.matcher(header.getValue()).matches()) {
				throw new ProtocolException("expected up to " + MAX_FIELD
						+ " printable ASCII characters as the value of the header " + header.getKey());
			}
			request.append("\r\n").append(header.getKey()).append(": ").append(header.getValue());
		}
		if (!method.equals("GET")) {
			request.append("\r\nContent-Length: ").append(body.length);
		}
		byte[] head = request.append("\r\nConnection: close\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII);
		byte[] message = Arrays.copyOf(head, head.length + body.length);
		System.arraycopy(body, 0, message, head.length, body.length);
		return message;
	}

	private static String line(InputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = next(in); next != '\n'; next = next(in)) {
			if (line.length() == MAX_HEAD) {
				throw new ProtocolException("more than " + MAX_HEAD + " bytes in a line");
			}
			line.append((char) next);
		}
		return line.toString().strip();
	}

	private static int next(InputStream in) throws IOException {
		int next = in.read();
		if (next < 0) {
			throw new EOFException(ENDS_TOO_EARLY);
		}
		return next;
	}

	private int remainingMillis() throws SocketTimeoutException {
		long remaining = TimeUnit.NANOSECONDS.toMillis(this.end - System.nanoTime());
		if (remaining <= 0) {
			throw new SocketTimeoutException("the deadline has passed");
		}
		return (int) remaining;
	}

	/**
	 * Limits of an exchange.
	 *
	 * @param timeout the time for connection, request and answer together
	 * @param bytes the maximum length of the answer, head and body together
	 */
	public record Limits(Duration timeout, int bytes) {
	}

	/**
	 * An answer.
	 *
	 * @param status the status
	 * @param headers the headers by their names, in any case; the first of each
	 * @param body the body, read as UTF-8
	 */
	public record Answer(int status, Map<String, String> headers, String body) {
	}

	/**
	 * The part of an answer before the body.
	 *
	 * @param status the status
	 * @param headers the headers by their names, in any case; the first of each
	 * @param length its length without line ends
	 */
	private record Head(int status, Map<String, String> headers, int length) {

		private static final String VERSION = "HTTP/1.";

		private static final Pattern STATUS_LINE = Pattern.compile("\\d (\\d{3})( .*)?");

		private static final Pattern LENGTH = Pattern.compile("\\d{1,9}");

		private static final Pattern CHUNK_SIZE = Pattern.compile("([0-9a-fA-F]{1,7})\\s*(;.*)?");

		private static final int HEXADECIMAL = 16;

		static Head read(InputStream in) throws IOException {
			// at the first wrong character, since another protocol may send no line
			for (int i = 0; i < VERSION.length(); i++) {
				if (next(in) != VERSION.charAt(i)) {
					throw new ProtocolException(OTHER_PROTOCOL);
				}
			}
			Matcher statusLine = STATUS_LINE.matcher(line(in));
			if (!statusLine.matches()) {
				throw new ProtocolException(OTHER_PROTOCOL);
			}
			Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
			int length = VERSION.length() + statusLine.end();
			for (String line = line(in); !line.isEmpty(); line = line(in)) {
				length += line.length();
				if (length > MAX_HEAD) {
					throw new ProtocolException("more than " + MAX_HEAD + " bytes of headers");
				}
				int colon = line.indexOf(':');
				if (colon > 0) {
					headers.putIfAbsent(line.substring(0, colon), line.substring(colon + 1).strip());
				}
			}
			return new Head(Integer.parseInt(statusLine.group(1)), headers, length);
		}

		/** Reads the body if its length is declared and within the limit. */
		byte[] declaredBody(InputStream in, int limit) throws IOException {
			String declared = this.headers.getOrDefault("Content-Length", "");
			int bytes = LENGTH.matcher(declared).matches() ? Integer.parseInt(declared) : 0;
			return exactly(in, (bytes <= limit - this.length) ? bytes : 0);
		}

		/** Reads the body (RFC 9112, section 6.3). */
		byte[] wholeBody(InputStream in) throws IOException {
			String encoding = this.headers.get("Transfer-Encoding");
			if (encoding != null) {
				return chunks(in, encoding);
			}
			String declared = this.headers.get("Content-Length");
			if (declared == null) {
				return in.readAllBytes();
			}
			if (!LENGTH.matcher(declared).matches()) {
				throw new ProtocolException("expected a Content-Length of up to 9 digits, found '" + declared + "'");
			}
			return exactly(in, Integer.parseInt(declared));
		}

		private static byte[] chunks(InputStream in, String encoding) throws IOException {
			if (!encoding.equalsIgnoreCase("chunked")) {
				throw new ProtocolException("expected the transfer encoding 'chunked', found '" + encoding + "'");
			}
			ByteArrayOutputStream body = new ByteArrayOutputStream();
			int size = chunkSize(in);
			while (size > 0) {
				body.write(exactly(in, size));
				line(in);
				size = chunkSize(in);
			}
			return body.toByteArray();
		}

		private static int chunkSize(InputStream in) throws IOException {
			String line = line(in);
			Matcher matcher = CHUNK_SIZE.matcher(line);
			if (!matcher.matches()) {
				throw new ProtocolException("expected the size of a chunk, found '" + line + "'");
			}
			return Integer.parseInt(matcher.group(1), HEXADECIMAL);
		}

		private static byte[] exactly(InputStream in, int length) throws IOException {
			byte[] bytes = in.readNBytes(length);
			if (bytes.length < length) {
				throw new EOFException(ENDS_TOO_EARLY);
			}
			return bytes;
		}

	}

	/** Fails at the deadline and at the maximum length. */
	private final class LimitedInput extends InputStream {

		private final Socket socket;

		private final InputStream in;

		private int remaining = ShortExchange.this.limits.bytes();

		LimitedInput(Socket socket) throws IOException {
			this.socket = socket;
			this.in = socket.getInputStream();
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) > 0) ? Byte.toUnsignedInt(one[0]) : -1;
		}

		@Override
		public int read(byte[] buffer, int offset, int length) throws IOException {
			this.socket.setSoTimeout(remainingMillis());
			int read = this.in.read(buffer, offset, Math.min(length, this.remaining + 1));
			this.remaining -= Math.max(read, 0);
			if (this.remaining < 0) {
				throw new ProtocolException("more than " + ShortExchange.this.limits.bytes() + " bytes");
			}
			return read;
		}

	}

}
