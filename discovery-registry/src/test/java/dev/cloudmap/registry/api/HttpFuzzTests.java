package dev.cloudmap.registry.api;

import java.nio.charset.StandardCharsets;
import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Raw requests that HTTP clients do not send.
 */
class HttpFuzzTests {

	private static final String CLOSE = "Connection: close";

	private static FuzzedRegistry registry;

	@BeforeContainer
	static void start() {
		registry = new FuzzedRegistry();
	}

	@AfterContainer
	static void stop() {
		registry.close();
	}

	private static Arbitrary<String> methods() {
		return Arbitraries.of("POST", "POST", "POST", "GET", "PUT", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE",
				"PRI", "post", "A".repeat(300), "\u00e4");
	}

	private static Arbitrary<String> targets() {
		return Arbitraries.of("/", "/", "/", "/?a=b", "//", "/..", "/%00", "/%zz", "*", "http://localhost/", "http://a",
				"https://a/", "http://", "?", "a", "/" + "x".repeat(3000), "/" + "x".repeat(70_000), "/\u00fc",
				"http://[::1]:1/?", "/#a");
	}

	private static Arbitrary<String> headers() {
		String target = "X-Amz-Target: Route53AutoNaming_v20170314.";
		return Arbitraries.of(target + "ListServices", target + "ListServices", target + "CreateHttpNamespace",
				target + "DiscoverInstances", target, "X-Amz-Target: ", "X-Amz-Target: \u00e4", "x-amz-target:",
				"Host: localhost", "Origin: null", "Sec-Fetch-Site: none", "Expect: 100-continue", "Expect: 200-ok",
				"Upgrade: websocket", "Upgrade: h2c", "Connection: upgrade", "Content-Type: text/plain",
				"Authorization: AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=, Signature=",
				"Authorization: AWS4-HMAC-SHA256 Credential=", "Authorization: Basic YTpi", "Authorization: ",
				"Content-Encoding: gzip", "Accept-Encoding: gzip", "Transfer-Encoding: identity", "TE: trailers",
				"Trailer: a", "X-Long: " + "x".repeat(9000), "X-Many: a\r\n".repeat(300) + "X: a", "Cookie: a=b",
				"Forwarded: for=1", ": a", "no colon", " folded: a", "X-Null: \0", "A\tB: c");
	}

	/** Values that are rejected early are rare, so that later code is reached. */
	private static Arbitrary<String> hosts() {
		return Arbitraries.frequency(Tuple.of(20, "Host: localhost\r\n"), Tuple.of(4, "Host: data-127.0.0.1\r\n"),
				Tuple.of(1, "Host: evil.example\r\n"), Tuple.of(1, "Host:\r\n"), Tuple.of(1, ""));
	}

	private static Arbitrary<String> bodies() {
		return Arbitraries.of("", "{}", "{}", "{\"NamespaceName\":\"corp\",\"ServiceName\":\"worker\"}", "[]", "{",
				"\0", "\u00ff\u00fe", "x".repeat(5000), "GET / HTTP/1.1\r\n\r\n");
	}

	/** Valid and invalid body framings. */
	private static Arbitrary<Framing> framings() {
		return Arbitraries.of(Framing.class);
	}

	@Provide
	Arbitrary<String> requests() {
		return Combinators
			.combine(methods(), targets(),
					Arbitraries.of("HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "HTTP/1.1 ", "HTTX/1.1",
							""),
					hosts(), headers().list().ofMaxSize(5), framings(), bodies())
			.as((method, target, version, host, headers, framing, body) -> method + " " + target + " " + version
					+ "\r\n" + host + String.join("", headers.stream().map((header) -> header + "\r\n").toList())
					+ framing.frame(body));
	}

	@Provide
	Arbitrary<List<String>> pipelines() {
		return requests().list().ofMinSize(1).ofMaxSize(4);
	}

	@Provide
	Arbitrary<List<Mutation>> mutations() {
		return Mutation.some();
	}

	@Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
	void answersOrClosesConnection(@ForAll("pipelines") List<String> requests) throws Exception {
		registry.send(bytes(String.join("", requests)), true);
	}

	@Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
	void survivesMutatedRequests(@ForAll("pipelines") List<String> requests,
			@ForAll("mutations") List<Mutation> mutations) throws Exception {
		byte[] message = bytes(String.join("", requests));
		for (Mutation mutation : mutations) {
			message = mutation.apply(message);
		}
		registry.send(message, true);
	}

	@Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
	void survivesRandomBytes(@ForAll byte[] bytes) throws Exception {
		registry.send(bytes, true);
	}

	@Provide
	Arbitrary<String> wholeRequests() {
		return Combinators
			.combine(Arbitraries.of("POST", "GET", "PUT", "OPTIONS"), targets(), hosts(), headers().list().ofMaxSize(4),
					Arbitraries.of(Framing.LENGTH, Framing.CHUNKED, Framing.CHUNKED_WITH_TRAILER), bodies())
			.as((method, target, host, headers, framing, body) -> method + " " + target + " HTTP/1.1\r\n" + host
					+ String.join("",
							headers.stream()
								.filter((header) -> !header.startsWith("Expect") && !header.startsWith("Connection"))
								.map((header) -> header + "\r\n")
								.toList())
					+ CLOSE + "\r\n" + framing.frame(body));
	}

	/**
	 * The client waits until the registry closes the connection.
	 */
	@Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
	void answersEveryCompleteRequest(@ForAll("wholeRequests") String request) throws Exception {
		assertThat(registry.send(bytes(request), false)).isNotEmpty();
	}

	private static byte[] bytes(String request) {
		return request.getBytes(StandardCharsets.ISO_8859_1);
	}

	private enum Framing {

		NONE, LENGTH, TOO_SHORT, TOO_LONG, NEGATIVE, NO_NUMBER, HUGE, TWICE, BOTH, CHUNKED, CHUNKED_WITH_TRAILER,
		CHUNKED_WITHOUT_END, CHUNKED_WRONGLY, CHUNKED_HUGELY;

		String frame(String body) {
			String chunk = Integer.toHexString(body.length()) + ";a=b\r\n" + body + "\r\n";
			String chunked = "Transfer-Encoding: chunked\r\n\r\n" + (body.isEmpty() ? "" : chunk);
			String length = "Content-Length: " + body.length() + "\r\n";
			return switch (this) {
				case NONE -> "\r\n" + body;
				case LENGTH -> length + "\r\n" + body;
				case TOO_SHORT -> "Content-Length: " + body.length() / 2 + "\r\n\r\n" + body;
				case TOO_LONG -> "Content-Length: " + (body.length() + 10) + "\r\n\r\n" + body;
				case NEGATIVE -> "Content-Length: -1\r\n\r\n" + body;
				case NO_NUMBER -> "Content-Length: 1x\r\n\r\n" + body;
				case HUGE -> "Content-Length: 99999999999999999999\r\n\r\n" + body;
				case TWICE -> length + "Content-Length: 1\r\n\r\n" + body;
				case BOTH -> length + chunked + "0\r\n\r\n";
				case CHUNKED -> chunked + "0\r\n\r\n";
				case CHUNKED_WITH_TRAILER -> chunked + "0\r\nX-Trailer: a\r\n\r\n";
				case CHUNKED_WITHOUT_END -> chunked;
				case CHUNKED_WRONGLY -> "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + body + "\r\n0\r\n\r\n";
				case CHUNKED_HUGELY -> "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n" + body;
			};
		}

	}

}
