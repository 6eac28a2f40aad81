package dev.cloudmap.registry.health;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.registry.state.model.HealthCheck;
import dev.cloudmap.registry.state.model.HealthStatus;
import dev.cloudmap.testsupport.Ports;
import dev.cloudmap.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Single checks against real sockets.
 */
class NettyProberTests {

	private static final String EMPTY_ANSWER = "HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n";

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static EventLoopGroup group;

	private static NettyProber prober;

	@BeforeAll
	static void start() {
		group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
		prober = prober(PATIENCE, PATIENCE);
	}

	@AfterAll
	static void stop() {
		group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
	}

	private static NettyProber prober(Duration response, Duration tcpConnect) {
		return new NettyProber(group, new NettyProber.Timeouts(PATIENCE, response, tcpConnect));
	}

	private static CheckTarget endpoint(HealthCheck.Type type, int port) {
		return new CheckTarget(type, InetAddress.getLoopbackAddress(), port, "/health?deep=no");
	}

	private static CheckResult probe(HealthCheck.Type type, ScriptedServer server) {
		return prober.probe(endpoint(type, server.port())).join();
	}

	private static void assertUnhealthy(CheckResult finding, String reason) {
		assertThat(finding.reason()).contains(reason);
		assertThat(finding.status()).isEqualTo(HealthStatus.UNHEALTHY);
	}

	@ParameterizedTest
	@ValueSource(strings = { "200 OK", "204 No Content", "299", "301 Moved Permanently", "399 Odd" })
	void status2xxAnd3xxAreHealthy(String status) throws Exception {
		try (ScriptedServer server = ScriptedServer.answering(EMPTY_ANSWER.formatted(status))) {
			assertThat(probe(HealthCheck.Type.HTTP, server))
				.isEqualTo(CheckResult.healthy("http://127.0.0.1:%d/health?deep=no responded ".formatted(server.port())
						+ "with status " + status.substring(0, 3)));
			// Redirects are not followed.
			assertThat(server.requests()).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "404 Not Found", "500 Internal Server Error", "101 Switching Protocols", "400", "600" })
	void otherStatusesAreUnhealthy(String status) throws Exception {
		try (ScriptedServer server = ScriptedServer.answering(EMPTY_ANSWER.formatted(status))) {
			assertUnhealthy(probe(HealthCheck.Type.HTTP, server), "responded with status " + status.substring(0, 3));
		}
	}

	@Test
	void sendsSameRequestAsRoute53() throws Exception {
		try (ScriptedServer server = ScriptedServer.answering(EMPTY_ANSWER.formatted("200 OK"))) {
			probe(HealthCheck.Type.HTTP, server);
			assertThat(server.requests().get(0).lines()).startsWith("GET /health?deep=no HTTP/1.1")
				.contains("host: 127.0.0.1:" + server.port(), "user-agent: discovery-registry health check",
						"accept: */*", "connection: close");
		}
	}

	@Test
	void skipsInformationalStatuses() throws Exception {
		try (ScriptedServer server = ScriptedServer
			.answering("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 503 Unavailable\r\n\r\n")) {
			assertUnhealthy(probe(HealthCheck.Type.HTTP, server), "responded with status 503");
		}
	}

	@Test
	void ignoresBody() throws Exception {
		try (ScriptedServer server = ScriptedServer
			.answering("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(2 * HttpStatusReader.MAX_BYTES))) {
			assertThat(probe(HealthCheck.Type.HTTP, server).status()).isEqualTo(HealthStatus.HEALTHY);
		}
	}

	@Test
	void invalidHttpIsUnhealthy() throws Exception {
		try (ScriptedServer server = ScriptedServer.answering("SSH-2.0-\u001b[31mOpenSSH\r\n\r\n")) {
			assertUnhealthy(probe(HealthCheck.Type.HTTP, server), "malformed HTTP");
			assertThat(probe(HealthCheck.Type.HTTP, server).reason()).doesNotContain("\u001b");
		}
	}

	@Test
	void hugeResponseIsUnhealthy() throws Exception {
		String huge = "x".repeat(HttpStatusReader.MAX_BYTES);
		for (String answer : List.of("HTTP/1.1 200 " + huge, "HTTP/1.1 200 OK\r\nA: " + huge + "\r\n\r\n", huge,
				"HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(6000) + "\r\n")) {
			try (ScriptedServer server = ScriptedServer.answering(answer)) {
				assertThat(probe(HealthCheck.Type.HTTP, server).status()).isEqualTo(HealthStatus.UNHEALTHY);
			}
		}
	}

	@Test
	void closedConnectionIsUnhealthy() throws Exception {
		for (String beginning : List.of("", "HTTP/1.1 200 OK\r\nDate:")) {
			try (ScriptedServer server = ScriptedServer.closingAfter(beginning)) {
				assertThat(probe(HealthCheck.Type.HTTP, server).status()).isEqualTo(HealthStatus.UNHEALTHY);
			}
		}
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void slowResponseIsUnhealthy() throws Exception {
		for (String beginning : List.of("", "HTTP/1.1 200 OK\r\nDate:",
				"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1000))) {
			try (ScriptedServer server = ScriptedServer.answering(beginning)) {
				CheckTarget endpoint = endpoint(HealthCheck.Type.HTTP, server.port());
				assertUnhealthy(prober(Duration.ofMillis(200), PATIENCE).probe(endpoint).join(),
						"did not respond within 200 ms");
				await().untilAsserted(() -> assertThat(server.connections()).isZero());
			}
		}
	}

	@Test
	void closesConnectionAfterResult() throws Exception {
		// The server does not close the connection.
		try (ScriptedServer server = ScriptedServer.answering(EMPTY_ANSWER.formatted("200 OK"))) {
			probe(HealthCheck.Type.HTTP, server);
			await().untilAsserted(() -> assertThat(server.connections()).isZero());
		}
	}

	@Test
	void closesConnectionWhenCancelled() throws Exception {
		try (ScriptedServer server = ScriptedServer.answering("")) {
			CompletableFuture<CheckResult> attempt = prober.probe(endpoint(HealthCheck.Type.HTTP, server.port()));
			await().untilAsserted(() -> assertThat(server.requests()).hasSize(1));
			attempt.cancel(false);
			await().untilAsserted(() -> assertThat(server.connections()).isZero());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP", "HTTPS", "TCP" })
	void reportsRefusedConnection(HealthCheck.Type type) {
		assertUnhealthy(prober.probe(endpoint(type, Ports.refusing())).join(), "Connection refused");
	}

	@Test
	void tcpCheckRequiresOnlyConnection() throws Exception {
		try (ScriptedServer server = ScriptedServer.answering("")) {
			assertThat(probe(HealthCheck.Type.TCP, server))
				.isEqualTo(CheckResult.healthy("tcp://127.0.0.1:%d accepts connections".formatted(server.port())));
			assertThat(server.requests()).isEmpty();
			await().untilAsserted(() -> assertThat(server.connections()).isZero());
		}
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void connectTimesOut() throws Exception {
		try (ScriptedServer server = ScriptedServer.unresponsive()) {
			CheckTarget endpoint = endpoint(HealthCheck.Type.TCP, server.port());
			assertUnhealthy(prober(PATIENCE, Duration.ofMillis(300)).probe(endpoint).join(),
					"no connection to " + endpoint);
		}
	}

	@Test
	void acceptsAnyTlsCertificate(@TempDir Path directory) throws Exception {
		for (String status : List.of("200 OK", "503 Unavailable")) {
			try (ScriptedServer server = ScriptedServer.encrypted(directory, EMPTY_ANSWER.formatted(status))) {
				assertThat(probe(HealthCheck.Type.HTTPS, server).reason())
					.isEqualTo("https://127.0.0.1:%d/health?deep=no responded with status ".formatted(server.port())
							+ status.substring(0, 3));
				await().untilAsserted(() -> assertThat(server.connections()).isZero());
			}
		}
	}

	@Test
	void reportsMissingTls() throws Exception {
		try (ScriptedServer server = ScriptedServer.greeting("220 \u001b[31mready\r\n".repeat(1000))) {
			assertUnhealthy(probe(HealthCheck.Type.HTTPS, server), "TLS with https://127.0.0.1");
		}
	}

}
