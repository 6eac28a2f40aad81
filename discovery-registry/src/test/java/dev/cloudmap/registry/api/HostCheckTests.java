package dev.cloudmap.registry.api;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.state.emulation.Emulation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Raw requests that web pages of other origins can cause a browser to send.
 */
class HostCheckTests {

	private static final String NL = "\r\n";

	private static TestRegistry registry;

	private static long revision;

	@BeforeAll
	static void start() {
		registry = TestRegistry.start((options) -> options.withAllowedHosts(List.of("registry"))
			.withEmulationEndpoint(RegistryOptions.EmulationEndpoint.OPEN));
		registry.createHttpNamespace("corp");
		revision = revision();
	}

	@AfterAll
	static void stop() {
		registry.close();
	}

	@AfterEach
	void nothingHasChanged() {
		assertThat(revision()).isEqualTo(revision);
		assertThat(registry.client().listNamespaces().namespaces()).hasSize(1);
	}

	private static long revision() {
		return registry.server() != null
				? Long.parseLong(header(exchange(get("/", "Host: localhost")), "X-Discovery-Revision")) : 0;
	}

	private static String header(String response, String name) {
		return response.lines()
			.filter((line) -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
			.findFirst()
			.orElseThrow()
			.substring(name.length() + 1)
			.strip();
	}

	private static String exchange(String request) {
		try (Socket socket = registry.connect()) {
			socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
			return TestRegistry.readAll(socket);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String get(String target, String... headers) {
		return "GET " + target + " HTTP/1.1" + NL + lines(headers) + "Connection: close" + NL + NL;
	}

	private static String lines(String... headers) {
		return Stream.of(headers).map((header) -> header + NL).reduce("", String::concat);
	}

	private static String creation(String... headers) {
		String body = "{\"Name\":\"rogue\"}";
		return "POST / HTTP/1.1" + NL + lines(headers) + "X-Amz-Target: Route53AutoNaming_v20170314.CreateHttpNamespace"
				+ NL + "Content-Length: " + body.length() + NL + "Connection: close" + NL + NL + body;
	}

	private static String refused(String response, String type) {
		assertThat(response).startsWith("HTTP/1.1 403 ").doesNotContain("HTTP/1.1 100");
		JsonNode body = JsonMapper.shared().readTree(response.substring(response.indexOf(NL + NL)));
		assertThat(body.get("__type").asString()).isEqualTo(type);
		assertThat(response.toLowerCase(Locale.ROOT)).doesNotContain("access-control-").contains("connection: close");
		return body.get("Message").asString();
	}

	static Stream<String> requests() {
		return Stream.of("GET / HTTP/1.1", "HEAD / HTTP/1.1", "POST / HTTP/1.1", "OPTIONS / HTTP/1.1",
				"OPTIONS * HTTP/1.1", "PUT / HTTP/1.1", "BREW / HTTP/1.1", "GET / HTTP/1.0",
				"GET /watch?namespace=corp HTTP/1.1", "GET /discovery-registry/emulation HTTP/1.1",
				"PUT /discovery-registry/emulation HTTP/1.1", "GET /discovery-registry/statistics HTTP/1.1",
				"GET /discovery-registry/presence HTTP/1.1", "GET /2013-04-01/hostedzone/Z1 HTTP/1.1",
				"GET /nothing HTTP/1.1", "GET //nothing HTTP/1.1", "GET http://localhost/ HTTP/1.1", "GET x HTTP/1.1",
				"CONNECT localhost:1 HTTP/1.1");
	}

	@ParameterizedTest
	@MethodSource("requests")
	void rejectsForeignHostOnEveryPathAndMethod(String line) {
		String response = exchange(line + NL + "Host: evil.example" + NL + "Content-Length: 2" + NL + NL + "{}");
		if (line.startsWith("HEAD")) {
			assertThat(response).startsWith("HTTP/1.1 403 ");
			return;
		}
		assertThat(refused(response, "HostNotAllowed")).contains("'evil.example'", "localhost", "registry",
				"--allowed-hosts evil.example");
	}

	@ParameterizedTest
	@MethodSource("requests")
	void rejectsForeignOriginOnEveryPathAndMethod(String line) {
		String response = exchange(line + NL + "Host: 127.0.0.1" + NL + "Origin: http://evil.example" + NL
				+ "Access-Control-Request-Method: POST" + NL + NL);
		if (!line.startsWith("HEAD")) {
			assertThat(refused(response, "OriginNotAllowed")).contains("'http://evil.example'",
					"'http://127.0.0.1:80'");
		}
		assertThat(response).startsWith("HTTP/1.1 403 ");
	}

	static Stream<Arguments> badHosts() {
		return Stream.of(Arguments.of("no header Host", new String[0]), Arguments.of("''", new String[] { "Host:" }),
				Arguments.of("more than one", new String[] { "Host: localhost", "Host: localhost" }),
				Arguments.of("more than one", new String[] { "Host: localhost", "host: evil.example" }),
				Arguments.of("'user@localhost'", new String[] { "Host: user@localhost" }),
				Arguments.of("'127.0.0.1.evil.example'", new String[] { "Host: 127.0.0.1.evil.example:8054" }),
				Arguments.of("--allowed-hosts elsewhere (", new String[] { "Host: data-elsewhere" }));
	}

	@ParameterizedTest
	@MethodSource("badHosts")
	void errorMessageStatesProblemWithHost(String message, String... headers) {
		assertThat(refused(exchange(creation(headers)), "HostNotAllowed")).contains(message);
		assertThat(refused(exchange(creation(headers).replace("HTTP/1.1", "HTTP/1.0")), "HostNotAllowed"))
			.contains(message);
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://evil.example/", "HTTP://evil.example/", "https://evil.example", "http:///",
			"http://localhost@evil.example/", "http://evil.example?a", "ws://evil.example/watch" })
	void rejectsForeignHostInTarget(String target) {
		assertThat(refused(exchange(get(target, "Host: localhost")), "HostNotAllowed")).contains("request target");
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "", "http://localhost", "http://localhost:8055", "https://localhost:8054",
			"http://127.0.0.1:8054", "http://localhost:8054/", "http://localhost:8054 http://evil.example",
			"http://localhost:8054.evil.example", "http://user@localhost:8054", "HTTP://localhost:8054", "file://",
			"*" })
	void rejectsOtherOrigin(String origin) {
		refused(exchange(creation("Host: localhost:8054", "Origin: " + origin)), "OriginNotAllowed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "cross-site", "same-site", "", "Same-Origin", "none, cross-site" })
	void rejectsCrossSiteRequests(String site) {
		refused(exchange(creation("Host: localhost:8054", "Sec-Fetch-Site: " + site)), "OriginNotAllowed");
	}

	@Test
	void rejectsSecondOriginOrSite() {
		refused(exchange(creation("Host: localhost", "Origin: http://localhost", "Origin: http://localhost")),
				"OriginNotAllowed");
		refused(exchange(creation("Host: localhost", "Sec-Fetch-Site: none", "Sec-Fetch-Site: same-origin")),
				"OriginNotAllowed");
	}

	@ParameterizedTest
	@CsvSource({ "localhost:8054, http://localhost:8054", "localhost, http://localhost:80",
			"localhost.:80, http://LOCALHOST", "[::1]:8054, http://[::1]:8054", "registry, http://registry" })
	void acceptsOwnOrigin(String host, String origin) {
		for (String site : List.of("same-origin", "none")) {
			assertThat(exchange(get("/", "Host: " + host, "Origin: " + origin, "Sec-Fetch-Site: " + site)))
				.startsWith("HTTP/1.1 200 ");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "localhost:8054", "data-localhost", "data-127.0.0.1", "registry",
			"Data-Registry.", "[::1]" })
	void acceptsAddressAndAliasInEveryForm(String host) {
		assertThat(exchange(get("/", "Host: " + host))).startsWith("HTTP/1.1 200 ");
		assertThat(exchange(get("http://" + host + "/", "Host: " + host))).startsWith("HTTP/1.1 200 ");
		assertThat(exchange("GET / HTTP/1.0" + NL + "Host: " + host + NL + NL)).startsWith("HTTP/1.1 200 ");
	}

	@Test
	void sendsNoContinueForRejectedRequest() {
		String head = "POST / HTTP/1.1" + NL + "Host: evil.example" + NL + "Expect: 100-continue" + NL
				+ "Content-Length: 100" + NL + NL;
		refused(exchange(head), "HostNotAllowed");
		String large = "POST / HTTP/1.1" + NL + "Host: evil.example" + NL + "Content-Length: 9999999" + NL + NL;
		refused(exchange(large), "HostNotAllowed");
	}

	@Test
	void answersNothingAfterRejectedRequest() {
		String response = exchange(
				"GET / HTTP/1.1" + NL + "Host: evil.example" + NL + NL + creation("Host: localhost"));
		refused(response, "HostNotAllowed");
		assertThat(response.indexOf("HTTP/1.1 ", 1)).isNegative();
	}

	@Test
	void rejectsOnReusedConnection() {
		String response = exchange(
				"GET / HTTP/1.1" + NL + "Host: localhost" + NL + NL + creation("Host: evil.example"));
		assertThat(response).startsWith("HTTP/1.1 200 ");
		refused(response.substring(response.indexOf("HTTP/1.1 ", 1)), "HostNotAllowed");
	}

	@Test
	void doesNotCountRejectedRequests() {
		try (TestRegistry throttled = TestRegistry
			.start((options) -> options.withEmulation(Emulation.NONE.withThrottling()))) {
			for (int i = 0; i < 100; i++) {
				try (Socket socket = throttled.connect()) {
					socket.getOutputStream().write(creation("Host: evil.example").getBytes(StandardCharsets.UTF_8));
					byte[] begin = socket.getInputStream().readNBytes("HTTP/1.1 403 ".length());
					assertThat(new String(begin, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 403 ");
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			}
			assertThat(throttled.createHttpNamespace("corp")).isNotNull();
		}
	}

	@Test
	void appliesToEveryListenAddress() throws IOException {
		try (TestRegistry open = TestRegistry.start((options) -> options.withBind("0.0.0.0"));
				Socket socket = open.connect()) {
			socket.getOutputStream().write(get("/", "Host: evil.example").getBytes(StandardCharsets.UTF_8));
			refused(TestRegistry.readAll(socket), "HostNotAllowed");
		}
	}

}
