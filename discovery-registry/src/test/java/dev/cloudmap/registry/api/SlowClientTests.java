package dev.cloudmap.registry.api;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.net.TcpServer;
import dev.cloudmap.registry.state.emulation.Emulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that start a request and do not complete it.
 */
@Timeout(30)
class SlowClientTests {

	private static final Duration ARRIVAL = Duration.ofMillis(300);

	private static final String CREATION = TestRegistry.requestText("CreateHttpNamespace", "{\"Name\":\"corp\"}");

	private final CountDownLatch disk = new CountDownLatch(1);

	private BareApi api;

	@BeforeEach
	void start() throws Exception {
		this.api = new BareApi(new SlowJournal(this.disk), () -> Emulation.NONE,
				new TcpServer.Limits(10, BareApi.LONG, ARRIVAL));
	}

	@AfterEach
	void stop() {
		this.disk.countDown();
		this.api.close();
	}

	private Socket connect() throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.api.address().getPort());
		socket.setSoTimeout(10_000);
		return socket;
	}

	private static void send(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST / HT", "POST / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
			"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: localhost\r\n\r\nPOST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n" })
	@Execution(ExecutionMode.CONCURRENT)
	void incompleteRequestClosesConnection(String beginning) throws Exception {
		try (Socket socket = connect()) {
			send(socket, beginning);
			await().pollInterval(Duration.ofMillis(20)).atMost(Duration.ofSeconds(10)).until(() -> {
				try {
					send(socket, "x");
					return false;
				}
				catch (IOException ex) {
					return true;
				}
			});
		}
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void keepsIdleConnectionBetweenRequests() throws Exception {
		try (Socket socket = connect()) {
			String request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
			send(socket, request);
			socket.setSoTimeout((int) ARRIVAL.multipliedBy(3).toMillis());
			assertThat(readUntilSilence(socket)).startsWith("HTTP/1.1 200");
			send(socket, request);
			assertThat(readUntilSilence(socket)).startsWith("HTTP/1.1 200");
		}
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void waitingQueryKeepsConnection() throws Exception {
		try (Socket socket = connect()) {
			this.disk.countDown();
			send(socket, CREATION);
			await().until(() -> this.api.state().snapshot().findNamespaceByHttpName("corp") != null);
			send(socket, RawConnection.get("/watch?namespace=corp&since=" + this.api.state().snapshot().revision()));
			socket.setSoTimeout((int) ARRIVAL.multipliedBy(3).toMillis());
			assertThat(readUntilSilence(socket)).contains("OperationId").doesNotContain("(closed)");
			assertThat(this.api.watchers().count()).isOne();
		}
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void slowRegistryDoesNotCloseConnection() throws Exception {
		try (Socket socket = connect()) {
			send(socket, CREATION + "GET / HTTP/1.1\r\n");
			socket.setSoTimeout((int) ARRIVAL.multipliedBy(3).toMillis());
			assertThat(readUntilSilence(socket)).isEmpty();
			this.disk.countDown();
			send(socket, "Host: localhost\r\nConnection: close\r\n\r\n");
			assertThat(TestRegistry.readAll(socket)).containsSubsequence("OperationId", "discovery-registry");
		}
	}

	private static String readUntilSilence(Socket socket) throws IOException {
		StringBuilder read = new StringBuilder();
		try {
			int next = socket.getInputStream().read();
			while (next != -1) {
				read.append((char) next);
				next = socket.getInputStream().read();
			}
			return read + "(closed)";
		}
		catch (SocketTimeoutException ex) {
			return read.toString();
		}
	}

}
