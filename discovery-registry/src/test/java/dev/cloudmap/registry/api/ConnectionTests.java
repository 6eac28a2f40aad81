package dev.cloudmap.registry.api;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Order of responses on a connection, connection close, and clients that do not read.
 */
class ConnectionTests {

	private static TestRegistry registry;

	@BeforeAll
	static void start() {
		registry = TestRegistry.start();
	}

	@AfterAll
	static void stop() {
		registry.close();
	}

	@Test
	void answersPipelinedRequestsInOrder() throws Exception {
		try (Socket socket = registry.connect()) {
			StringBuilder requests = new StringBuilder();
			for (int i = 0; i < 20; i++) {
				requests.append(TestRegistry.requestText((i % 2 == 0) ? "CreateHttpNamespace" : "Operation" + i,
						"{\"Name\":\"pipelined-" + i + "\"}"));
			}
			requests.append("GET /last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
			socket.getOutputStream().write(requests.toString().getBytes(StandardCharsets.US_ASCII));
			String answers = TestRegistry.readAll(socket);
			assertThat(answers.split("HTTP/1.1 ", -1)).hasSize(22);
			assertThat(answers).containsSubsequence("OperationId", "Operation1'", "OperationId", "Operation3'",
					"Operation19'", "404");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Expect: 100-continue\r\n" })
	void keepsOrderOfEarlyRejections(String expectation) throws Exception {
		try (Socket socket = registry.connect()) {
			String change = TestRegistry.requestText("CreateHttpNamespace",
					"{\"Name\":\"order-" + expectation.length() + "\"}");
			String large = "POST / HTTP/1.1\r\nHost: localhost\r\n" + expectation + "Content-Length: 2097152\r\n\r\n";
			socket.getOutputStream().write((change + large).getBytes(StandardCharsets.US_ASCII));
			assertThat(TestRegistry.readAll(socket)).startsWith("HTTP/1.1 200")
				.containsSubsequence("OperationId", "HTTP/1.1 413");
		}
	}

	@Test
	void keepsOrderOfContinueResponses() throws Exception {
		try (Socket socket = registry.connect()) {
			String change = TestRegistry.requestText("CreateHttpNamespace", "{\"Name\":\"before-continue\"}");
			String asking = TestRegistry.requestText("ListServices", "{}", "Expect: 100-continue", "Connection: close");
			socket.getOutputStream().write((change + asking).getBytes(StandardCharsets.US_ASCII));
			assertThat(TestRegistry.readAll(socket)).startsWith("HTTP/1.1 200")
				.containsSubsequence("OperationId", "HTTP/1.1 100", "Services");
		}
	}

	@Test
	void ignoresDataAfterLastRequest() throws Exception {
		try (Socket socket = registry.connect()) {
			String last = TestRegistry.requestText("CreateHttpNamespace", "{\"Name\":\"the-last\"}",
					"Connection: close");
			String more = TestRegistry.requestText("CreateHttpNamespace", "{\"Name\":\"beyond-the-last\"}");
			socket.getOutputStream().write((last + more).getBytes(StandardCharsets.US_ASCII));
			assertThat(TestRegistry.readAll(socket).split("HTTP/1.1 ", -1)).hasSize(2);
		}
		assertThat(namespaces()).contains("the-last").doesNotContain("beyond-the-last");
	}

	private static List<String> namespaces() {
		return registry.client()
			.listNamespacesPaginator()
			.stream()
			.flatMap((page) -> page.namespaces().stream())
			.map((namespace) -> namespace.name())
			.toList();
	}

	@Test
	void acceptsFragmentedRequests() throws Exception {
		String one = TestRegistry.requestText("ListServices", "{}");
		byte[] all = (one + one + TestRegistry.requestText("ListServices", "{}", "Connection: close"))
			.getBytes(StandardCharsets.US_ASCII);
		for (int piece : new int[] { 1, 7, one.length() + 20, one.length() * 2 + 20, one.length() * 3 - 1 }) {
			try (Socket socket = registry.connect()) {
				socket.setTcpNoDelay(true);
				for (int begin = 0; begin < all.length; begin += piece) {
					socket.getOutputStream().write(all, begin, Math.min(piece, all.length - begin));
				}
				assertThat(TestRegistry.readAll(socket).split("HTTP/1.1 200", -1)).hasSize(4);
			}
		}
	}

	@Test
	void answersNoMoreThanAClientTakes() throws Exception {
		for (int i = 0; i < 100; i++) {
			String name = "bulky-" + i;
			registry.client().createHttpNamespace((request) -> request.name(name).description("x".repeat(1000)));
		}
		byte[] requests = TestRegistry.requestText("ListNamespaces", "{}")
			.repeat(50)
			.getBytes(StandardCharsets.US_ASCII);
		try (Socket socket = registry.connect()) {
			AtomicLong sent = new AtomicLong();
			Thread sender = new Thread(() -> {
				try {
					for (int i = 0; i < 2000; i++) {
						socket.getOutputStream().write(requests);
						sent.addAndGet(requests.length);
					}
				}
				catch (IOException ex) {
					// The test has ended.
				}
			});
			sender.setDaemon(true);
			sender.start();
			AtomicLong before = new AtomicLong(-1);
			await().atMost(Duration.ofSeconds(20))
				.pollInterval(Duration.ofSeconds(1))
				.until(() -> before.getAndSet(sent.get()) == sent.get());
			assertThat(sent.get()).isLessThan(2000L * requests.length);
		}
	}

	@Test
	void closesHttp10Connections() throws Exception {
		try (Socket socket = registry.connect()) {
			socket.getOutputStream()
				.write("GET / HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			assertThat(TestRegistry.readAll(socket)).startsWith("HTTP/1.1 200").contains("connection: close");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://localhost/", "http://localhost", "http://localhost/?b", "/?b" })
	void acceptsAllTargetForms(String target) throws Exception {
		try (Socket socket = registry.connect()) {
			socket.getOutputStream()
				.write(("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
			assertThat(TestRegistry.readAll(socket)).startsWith("HTTP/1.1 200").contains("discovery-registry");
		}
	}

}
