package dev.cloudmap.discovery.registration.aws;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.testsupport.ScriptedServer;

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

	private static final Duration SHORT = Duration.ofMillis(100);

	private ScriptedServer server;

	@AfterEach
	void close() throws IOException {
		if (this.server != null) {
			this.server.close();
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "Content-Length: 7\r\n\r\n{\"a\":1}", "\r\n{\"a\":1}", "content-length: 7\r\n\r\n{\"a\":1}rest",
					"Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n003;x=y\r\n:1}\r\n0\r\nTrailer: x\r\n\r\n" })
	void readsBodiesOfAnyFraming(String rest) throws IOException {
		serve((connection) -> connection.send("HTTP/1.1 200 OK\r\n" + rest));
		assertThat(get(LONG)).isEqualTo("{\"a\":1}");
		assertThat(this.server.requests()).singleElement()
			.asString()
			.startsWith("GET /v4/task HTTP/1.1\r\nHost: 127.0.0.1:")
			.contains("\r\nX-Token: t\r\n")
			.contains("\r\nConnection: close\r\n");
	}

	@Test
	void readsALongBody() throws IOException {
		String body = "x".repeat(200_000);
		serve((connection) -> connection.send("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + body));
		assertThat(get(LONG)).isEqualTo(body);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "HTTP/1.1 200 OK\r\nX-Filler: ", "HTTP/1.1 200 OK\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{",
			"HTTP/1.1 404 Not Found\r\nContent-Length: 9000\r\n\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" })
	void abortsSlowAnswer(String beginning) throws IOException {
		serve((connection) -> {
			connection.send(beginning);
			connection.sendEvery(Duration.ofMillis(20), beginning.isEmpty() ? "" : "1");
		});
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> get(SHORT))
			.withMessageContaining("100 ms");
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n", "HTTP/1.1 200 OK\r\nX-Filler: " })
	void abortsEndlessAnswer(String beginning) throws IOException {
		serve((connection) -> {
			connection.send(beginning);
			while (true) {
				connection.send("1".repeat(8192));
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
		void invalidAnswer(String answer) throws IOException {
			serve((connection) -> connection.send(answer));
			assertThatIOException().isThrownBy(() -> get(LONG));
		}

		@ParameterizedTest
		@ValueSource(strings = { "a\r\nX-Other: b", "a\n", "\u0000", "\u00e4" })
		void invalidHeader(String value) throws IOException {
			MetadataEndpoint endpoint = endpoint();
			assertThatIOException().isThrownBy(() -> endpoint.send("GET", "/task", Map.of("X-Token", value)))
				.withMessageContaining("the header X-Token");
		}

		@Test
		void anOverlongHeader() throws IOException {
			Map<String, String> headers = Map.of("X-Token", "a".repeat(1 << 20));
			MetadataEndpoint endpoint = endpoint();
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

	private MetadataEndpoint endpoint() throws IOException {
		serve(ScriptedServer.Connection::awaitEnd);
		return new MetadataEndpoint(uri(), LONG);
	}

	private String get(Duration timeout) throws IOException {
		return new MetadataEndpoint(uri(), timeout).send("GET", "/task", Map.of("X-Token", "t")).orElse("none");
	}

	private String uri() {
		return this.server.uri() + "/v4/";
	}

	private void serve(ScriptedServer.Script script) throws IOException {
		this.server = ScriptedServer.running((connection) -> {
			connection.readRequest();
			script.serve(connection);
		});
	}

}
