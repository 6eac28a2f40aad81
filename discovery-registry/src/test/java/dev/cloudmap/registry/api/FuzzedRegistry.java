package dev.cloudmap.registry.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.netty.util.internal.PlatformDependent;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A registry that receives random input, with checks of its responses and its state.
 */
final class FuzzedRegistry implements AutoCloseable {

	private static final long MAX_GROWTH = 64L << 20;

	private static final JsonMapper mapper = JsonMapper.shared();

	private final PrintStream systemErrors = System.err;

	private final ByteArrayOutputStream log = new ByteArrayOutputStream();

	private final TestRegistry registry = TestRegistry.start();

	/**
	 * Number of responses per status. The test is ineffective if every input is rejected.
	 */
	private final Map<Integer, Integer> statuses = new TreeMap<>();

	private final String namespaceId;

	private final String serviceId;

	private final Map<String, Long> threads;

	private final long memory;

	FuzzedRegistry() {
		this.namespaceId = this.registry.createHttpNamespace("corp");
		this.serviceId = this.registry.createHttpService(this.namespaceId, "worker");
		// Create lazily initialized objects before the comparison starts.
		this.registry.register(this.serviceId, "one", Map.of("a", "b", "discovery.lease", "3600"));
		for (int i = 0; i < 8; i++) {
			assertLives();
		}
		this.threads = threads();
		this.memory = memory();
		System.setErr(new PrintStream(this.log, true, StandardCharsets.UTF_8));
	}

	String namespaceId() {
		return this.namespaceId;
	}

	String serviceId() {
		return this.serviceId;
	}

	/**
	 * Sends bytes and returns the statuses of all responses. Each response must be
	 * complete and have an expected status.
	 * @param request the bytes
	 * @param end whether the client closes its output afterwards; if not, the registry
	 * must close the connection
	 */
	List<Integer> send(byte[] request, boolean end) throws IOException {
		ByteArrayOutputStream received = new ByteArrayOutputStream();
		try (Socket socket = this.registry.connect()) {
			socket.setSoTimeout(5000);
			try {
				socket.getOutputStream().write(request);
				if (end) {
					socket.shutdownOutput();
				}
				socket.getInputStream().transferTo(received);
			}
			catch (SocketTimeoutException ex) {
				throw new AssertionError("No end of the answer", ex);
			}
			catch (SocketException ex) {
				// The registry closed the connection before it read the whole input.
			}
		}
		return check(received.toString(StandardCharsets.ISO_8859_1));
	}

	private List<Integer> check(String answers) {
		List<Integer> statuses = new ArrayList<>();
		int position = 0;
		while (position < answers.length()) {
			int endOfHead = answers.indexOf("\r\n\r\n", position);
			if (endOfHead < 0) {
				// The response is incomplete because the client sent more than the
				// registry read.
				break;
			}
			String head = answers.substring(position, endOfHead);
			assertThat(head).matches("(?s)HTTP/1\\.1 \\d{3} .*");
			int status = Integer.parseInt(head.substring(9, 12));
			int length = head.lines()
				.filter((line) -> line.startsWith("content-length: "))
				.mapToInt((line) -> Integer.parseInt(line.substring(16)))
				.findFirst()
				.orElse(0);
			int begin = endOfHead + 4;
			// The Content-Length of a HEAD response describes a body that is not sent.
			position = answers.startsWith("HTTP/1.1 ", begin) ? begin : begin + length;
			if (position <= answers.length()) {
				checkAnswer(status, answers.substring(begin, position));
			}
			statuses.add(status);
		}
		return statuses;
	}

	/**
	 * Checks that a response is a success or a typed error, but not an internal failure.
	 */
	void checkAnswer(int status, String body) {
		assertThat(status).as(body).isIn(100, 200, 400, 403, 404, 405, 413, 414, 417, 431);
		this.statuses.merge(status, 1, Integer::sum);
		if (!body.isEmpty()) {
			JsonNode json = mapper.readTree(body);
			assertThat(json.isObject()).as(body).isTrue();
			if (status >= 400) {
				assertThat(json.path("__type").isString()).as(body).isTrue();
				assertThat(json.path("Message").asString()).as(body)
					.isNotEmpty()
					.doesNotContain("java.", "dev.cloudmap", "tools.jackson", "Exception:");
			}
		}
	}

	String host() {
		return this.registry.endpoint().getAuthority();
	}

	private void assertLives() {
		assertThat(this.registry.client().getNamespace((request) -> request.id(this.namespaceId)).namespace().name())
			.isEqualTo("corp");
	}

	private static Map<String, Long> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("registry-"))
			.collect(Collectors.groupingBy((name) -> name, TreeMap::new, Collectors.counting()));
	}

	private static long memory() {
		System.gc();
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()
				+ Math.max(0, PlatformDependent.usedDirectMemory());
	}

	/**
	 * Stops the registry and checks that its state is unchanged.
	 */
	@Override
	public void close() {
		System.setErr(this.systemErrors);
		System.out.println("Nonsense was answered with " + this.statuses);
		try {
			assertThat(this.statuses).containsKeys(200, 400);
			assertThat(this.log.toString(StandardCharsets.UTF_8)).doesNotContain("ERROR", "LEAK");
			assertLives();
			await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(threads()).isEqualTo(this.threads));
			await().atMost(Duration.ofSeconds(10)).until(() -> memory() - this.memory < MAX_GROWTH);
		}
		finally {
			this.registry.close();
		}
	}

}
