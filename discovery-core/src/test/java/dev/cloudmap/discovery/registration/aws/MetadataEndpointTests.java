package dev.cloudmap.discovery.registration.aws;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests that a request ends at its deadline and reads one megabyte at most, whatever
 * serves a metadata endpoint. Without these limits a test would run forever.
 */
@Timeout(60)
class MetadataEndpointTests {

	/** Enough time for an answer on a busy machine. */
	private static final Duration LONG = Duration.ofSeconds(30);

	private static final Duration SHORT = Duration.ofMillis(300);

	private final CountDownLatch ended = new CountDownLatch(1);

	private final CompletableFuture<String> request = new CompletableFuture<>();

	private ServerSocket server;

	@BeforeEach
	void listen() throws IOException {
		this.server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
	}

	@AfterEach
	void close() throws IOException {
		this.ended.countDown();
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "Content-Length: 7\r\n\r\n{\"a\":1}", "\r\n{\"a\":1}", "content-length: 7\r\n\r\n{\"a\":1}rest",
					"Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n003;x=y\r\n:1}\r\n0\r\nTrailer: x\r\n\r\n" })
	void readsBodiesOfAnyFraming(String rest) throws IOException {
		serve((out) -> send(out, "HTTP/1.1 200 OK\r\n" + rest));
		assertThat(get(LONG)).isEqualTo("{\"a\":1}");
		assertThat(this.request.join()).startsWith("GET /v4/task HTTP/1.1\r\nHost: 127.0.0.1:")
			.contains("\r\nX-Token: t\r\n")
			.contains("\r\nConnection: close\r\n");
	}

	@Test
	void readsALongBody() throws IOException {
		String body = "x".repeat(200_000);
		serve((out) -> send(out, "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + body));
		assertThat(get(LONG)).isEqualTo(body);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "HTTP/1.1 200 OK\r\nX-Filler: ", "HTTP/1.1 200 OK\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{",
			"HTTP/1.1 404 Not Found\r\nContent-Length: 9000\r\n\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" })
	void abortsSlowAnswer(String beginning) {
		serve((out) -> {
			send(out, beginning);
			while (!this.ended.await(20, TimeUnit.MILLISECONDS)) {
				send(out, beginning.isEmpty() ? "" : "1");
			}
		});
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> get(SHORT))
			.withMessageContaining("300 ms");
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n", "HTTP/1.1 200 OK\r\nX-Filler: " })
	void abortsEndlessAnswer(String beginning) {
		serve((out) -> {
			send(out, beginning);
			while (true) {
				send(out, "1".repeat(8192));
			}
		});
		assertThatIOException().isThrownBy(() -> get(LONG)).withMessageContaining("more than");
	}

	@Nested
	class Rejects {

		@ParameterizedTest
		@ValueSource(strings = { "SSH-2.0-x\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
				"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
				"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
				"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n",
				"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nx",
				"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
				"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n" })
		void invalidAnswer(String answer) {
			serve((out) -> send(out, answer));
			assertThatIOException().isThrownBy(() -> get(LONG));
		}

		@ParameterizedTest
		@ValueSource(strings = { "a\r\nX-Other: b", "a\n", "\u0000", "\u00e4" })
		void invalidHeader(String value) {
			MetadataEndpoint endpoint = new MetadataEndpoint(uri(), LONG);
			assertThatIOException().isThrownBy(() -> endpoint.send("GET", "/task", Map.of("X-Token", value)))
				.withMessageContaining("the header X-Token");
		}

		@Test
		void anOverlongHeader() {
			Map<String, String> headers = Map.of("X-Token", "a".repeat(1 << 20));
			MetadataEndpoint endpoint = new MetadataEndpoint(uri(), LONG);
			assertThatIOException().isThrownBy(() -> endpoint.send("GET", "/task", headers))
				.withMessageContaining("the header X-Token");
		}

		@ParameterizedTest
		@ValueSource(strings = { "https://127.0.0.1/v4", "file:/etc/passwd", "/v4", "http:///v4", "not a uri" })
		void invalidHttpUri(String uri) {
			MetadataEndpoint endpoint = new MetadataEndpoint(uri, LONG);
			assertThatIOException().isThrownBy(() -> endpoint.send("GET", "", Map.of())).withMessageContaining("URI");
		}

	}

	private String get(Duration timeout) throws IOException {
		return new MetadataEndpoint(uri(), timeout).send("GET", "/task", Map.of("X-Token", "t")).orElse("none");
	}

	private String uri() {
		return "http://127.0.0.1:" + this.server.getLocalPort() + "/v4/";
	}

	private static void send(OutputStream out, String text) throws IOException {
		out.write(text.getBytes(StandardCharsets.ISO_8859_1));
		out.flush();
	}

	private void serve(Conversation conversation) {
		Thread thread = new Thread(() -> {
			try (Socket connection = this.server.accept()) {
				byte[] received = new byte[8192];
				int length = connection.getInputStream().read(received);
				this.request.complete(new String(received, 0, Math.max(length, 0), StandardCharsets.US_ASCII));
				conversation.hold(connection.getOutputStream());
			}
			catch (IOException ex) {
				// the client has closed the connection
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, "endpoint");
		thread.setDaemon(true);
		thread.start();
	}

	@FunctionalInterface
	private interface Conversation {

		void hold(OutputStream out) throws IOException, InterruptedException;

	}

}
