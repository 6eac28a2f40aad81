package dev.cloudmap.discovery.registry.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.registry.cloudmap.connection.SharedSecret;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;
import dev.cloudmap.registry.api.signature.Credentials;
import dev.cloudmap.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that the probe ends at its deadline and reads a few kilobytes at most, whatever
 * serves the port. Without these limits a test would run forever.
 */
@Timeout(60)
class RegistryProbeTests {

	private static final String IDENTITY = "{\"registry\":\"discovery-registry\",\"version\":\"1\","
			+ "\"http\":\"127.0.0.1:1\",\"dns\":\"%s\"%s}";

	/** Short enough to wait for. */
	private static final Duration SHORT = Duration.ofMillis(300);

	private final RegistryProbe probe = new RegistryProbe(null);

	/**
	 * Answers nothing until a test starts a script, because its backlog accepts the
	 * connections.
	 */
	private ServerSocket server;

	private @Nullable ScriptedServer script;

	@BeforeEach
	void listen() throws IOException {
		this.server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
	}

	@AfterEach
	void close() throws IOException {
		this.server.close();
		if (this.script != null) {
			this.script.close();
		}
	}

	@Test
	void findsARegistryByItsIdentityAlone() {
		answer(http(200, "", IDENTITY.formatted("127.0.0.1:8053", "")));
		assertThat(this.probe.find(endpoint(), RegistryProbe.TIMEOUT)).hasValueSatisfying((found) -> {
			assertThat(found.dns()).isEqualTo(new InetSocketAddress("127.0.0.1", 8053));
			assertThat(found.capabilities()).isEqualTo(EnumSet.allOf(Capability.class));
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "[]|0", "[\"leases\"]|1", "[\"watch\", \"leases\", \"further\"]|2", "[1, null, {}]|0" })
	void readsTheCapabilities(String capabilities, int number) {
		answer(http(200, "", IDENTITY.formatted("[::1]:8053", ",\"capabilities\":" + capabilities)));
		assertThat(this.probe.find(endpoint(), RegistryProbe.TIMEOUT))
			.hasValueSatisfying((found) -> assertThat(found.capabilities()).hasSize(number));
	}

	@Test
	void findsNothingWhereNothingListens() throws IOException {
		URI endpoint = endpoint();
		this.server.close();
		assertThat(this.probe.find(endpoint, RegistryProbe.TIMEOUT)).isEmpty();
	}

	@Nested
	class RejectsDnsServer {

		@ParameterizedTest
		@ValueSource(strings = { "203.0.113.9:53", "172.17.0.2:8053", "[2001:db8::1]:53", "0.0.0.0:53",
				"[::ffff:203.0.113.9]:53", "169.254.169.254:53" })
		void onAnotherAddress(String dns) {
			answer(http(200, "X-Discovery-Revision: 1\r\n", IDENTITY.formatted(dns, "")));
			assertThatExceptionOfType(PortTakenException.class)
				.isThrownBy(() -> RegistryProbeTests.this.probe.find(endpoint(), RegistryProbe.TIMEOUT))
				.withMessageContaining("not at a loopback address")
				.withMessageContaining("discovery.cloud-map.endpoint=" + endpoint())
				.withMessageContaining("discovery.embedded.http-port=");
		}

		@ParameterizedTest
		@ValueSource(strings = { "", "null", "localhost:53", "dns.example:53", "127.1:53", "2130706433:53", "127.0.0.1",
				"127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:99999999999", "::1:53x", "127.0.0.1:53/x",
				"x@127.0.0.1:53", "127.0.0.999:53" })
		void onNoAddress(String dns) {
			answer(http(200, "", IDENTITY.formatted(dns, "")));
			assertThatExceptionOfType(PortTakenException.class)
				.isThrownBy(() -> RegistryProbeTests.this.probe.find(endpoint(), RegistryProbe.TIMEOUT))
				.withMessageContaining("does not report the address and port of its DNS server");
		}

	}

	@Nested
	class DetectsForeignServer {

		@ParameterizedTest
		@ValueSource(strings = { "", "null", "[]", "{}", "1e999999999", "{\"registry\":1}", "{\"registry\":{}}",
				"{\"registry\":\"discovery-registry", "{\"n\":1e999999999,\"registry\":\"other\"}" })
		void byItsBody(String body) {
			answer(http(200, "X-Discovery-Revision: 1\r\n", body));
			assertIsNoRegistry("status 200");
		}

		@ParameterizedTest
		@ValueSource(strings = { "[", "{\"a\":" })
		void byDeepNesting(String opening) {
			answer(http(200, "", opening.repeat(7000 / opening.length())));
			assertIsNoRegistry("status 200");
		}

		@Test
		void byHugeNumbers() {
			answer(http(200, "", "{\"registry\":" + "9".repeat(7000) + "}"));
			assertIsNoRegistry("status 200");
		}

		@ParameterizedTest
		@ValueSource(ints = { 100, 101, 204, 301, 302, 401, 404, 500 })
		void byItsStatus(int status) {
			answer(http(status, "Location: http://127.0.0.1:1/\r\n", IDENTITY.formatted("127.0.0.1:53", "")));
			assertIsNoRegistry("status " + status);
		}

		@ParameterizedTest
		@ValueSource(strings = { "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n{",
				"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", "Content-Length: 99999999999\r\n\r\n{",
				"Content-Length: 2147483647\r\n\r\n{", "Content-Length: -1\r\n\r\n{}", "Content-Length: x\r\n\r\n{}",
				"Content-Length: 8192\r\n\r\n{}", "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\u001f\u008b",
				"\r\n{}" })
		void byTheEncodingOfItsBody(String rest) {
			answer("HTTP/1.1 200 OK\r\n" + rest);
			assertIsNoRegistry("status 200");
		}

		@ParameterizedTest
		@ValueSource(strings = { "220 mail.example ESMTP\r\n", "SSH-2.0-OpenSSH_9.6\r\n", "HTTP/2 200\r\n\r\n",
				"\u0000\u0000\u0012\u0004\u0000", "\u0015\u0003\u0001\u0000\u0002\u0002F", "HTTP/1.1 OK\r\n\r\n",
				"HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1\r\n\r\n", "\r\n\r\n" })
		void byAnotherProtocol(String answer) {
			answer(answer);
			assertThatExceptionOfType(PortTakenException.class)
				.isThrownBy(() -> RegistryProbeTests.this.probe.find(endpoint(), RegistryProbe.TIMEOUT))
				.withMessageContaining("does not answer like a registry (not HTTP/1.1)");
		}

		@Test
		void byEndlessHeaders() {
			serve((connection) -> {
				connection.send("HTTP/1.1 200 OK\r\n");
				while (true) {
					connection.send("X-Filler: x\r\n");
				}
			});
			assertThatExceptionOfType(PortTakenException.class)
				.isThrownBy(() -> RegistryProbeTests.this.probe.find(endpoint(), RegistryProbe.TIMEOUT))
				.withMessageContaining("more than 8192 bytes");
		}

		@Test
		void byAnEndlessBody() {
			serve((connection) -> {
				connection.send("HTTP/1.1 200 OK\r\n\r\n");
				while (true) {
					connection.send("x".repeat(1024));
				}
			});
			assertIsNoRegistry("status 200");
		}

		private void assertIsNoRegistry(String status) {
			assertThatExceptionOfType(PortTakenException.class)
				.isThrownBy(() -> RegistryProbeTests.this.probe.find(endpoint(), RegistryProbe.TIMEOUT))
				.withMessageContaining("an HTTP server that is not a registry (" + status + ")");
		}

	}

	@Nested
	class EndsAtTheDeadline {

		@Test
		void withoutAnAnswer() {
			serve(ScriptedServer.Connection::awaitEnd);
			assertIsLate();
		}

		@ParameterizedTest
		@ValueSource(strings = { "HTTP/1.1 200 OK\r\nX-Discovery-Revision: ",
				"HTTP/1.1 200 OK\r\nContent-Length: 8000\r\n\r\n" })
		void withAByteAtATime(String beginning) {
			serve((connection) -> {
				connection.send(beginning);
				connection.sendEvery(Duration.ofMillis(20), "1");
			});
			assertIsLate();
		}

		@Test
		void withoutAConnection() throws IOException {
			// the backlog of a server socket accepts the connections
			assertIsLate();
		}

		@ParameterizedTest
		@ValueSource(strings = { "", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{" })
		void unlessTheConnectionIsClosed(String beginning) {
			answer(beginning);
			assertThatExceptionOfType(RegistryUnavailableException.class)
				.isThrownBy(() -> RegistryProbeTests.this.probe.find(endpoint(), RegistryProbe.TIMEOUT))
				.withMessageContaining("the connection was closed");
		}

		private void assertIsLate() {
			assertThatExceptionOfType(RegistryUnavailableException.class)
				.isThrownBy(() -> RegistryProbeTests.this.probe.find(endpoint(), SHORT))
				.withMessageContaining("is in use")
				.withMessageContaining("there was no answer within");
		}

	}

	@Nested
	class ReadsThePresence {

		private static final String BODY = "{\"instances\":0,\"watchers\":0}";

		private final RegistryProbe probeWithSecret = new RegistryProbe(SharedSecret.of("x".repeat(32)));

		@Test
		void ofARegistryWithoutASecret() {
			answer(http(200, "", BODY));
			assertThat(RegistryProbeTests.this.probe.presence(endpoint())).hasValue(new RegistryPresence(0, 0));
		}

		@ParameterizedTest
		@ValueSource(strings = { "", "X-Discovery-Proof: none\r\n", "X-Discovery-Proof: 0123456789abcdef\r\n" })
		void exceptWithoutProofOfTheSecret(String headers) {
			answer(http(200, headers, BODY));
			assertThat(this.probeWithSecret.presence(endpoint())).isEmpty();
		}

		@Test
		void ofARegistryWithTheSecret() {
			RegistryOptions options = RegistryOptions.defaults()
				.withHttpPort(0)
				.withDnsPort(0)
				.withCredentials(Credentials.of(SharedSecret.ACCESS_KEY_ID, "x".repeat(32)));
			try (RegistryServer registry = RegistryServer.start(options)) {
				URI endpoint = URI.create("http://127.0.0.1:" + registry.httpAddress().getPort());
				assertThat(this.probeWithSecret.presence(endpoint)).hasValue(new RegistryPresence(0, 0));
			}
		}

	}

	private URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.server.getLocalPort());
	}

	private static String http(int status, String headers, String body) {
		return "HTTP/1.1 " + status + " Status\r\n" + headers + "Content-Length: "
				+ body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
	}

	private void answer(String answer) {
		serve((connection) -> connection.send(answer));
	}

	private void serve(ScriptedServer.Script script) {
		this.script = ScriptedServer.on(this.server, (connection) -> {
			connection.readRequest();
			script.serve(connection);
		});
	}

}
