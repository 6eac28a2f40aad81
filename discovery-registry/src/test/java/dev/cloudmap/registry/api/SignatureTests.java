package dev.cloudmap.registry.api;

import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.ServiceDiscoveryException;

import dev.cloudmap.registry.RequestSigner;
import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.api.signature.Credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A registry with credentials, called with the AWS SDK and with raw requests.
 */
class SignatureTests {

	private static TestRegistry registry;

	@BeforeAll
	static void start() {
		registry = TestRegistry.start((options) -> options.withCredentials(Credentials.of("id", "secret")));
	}

	@AfterAll
	static void stop() {
		registry.close();
	}

	@Test
	void acceptsKnownKeysInAnyRegion() {
		String namespace = registry.createHttpNamespace("corp");
		String service = registry.createHttpService(namespace, "worker");
		registry.register(service, "one", Map.of("path", "/a b=c,d", "letter", "x  y"));
		assertThat(registry.client()
			.discoverInstances((request) -> request.namespaceName("corp").serviceName("worker"))
			.instances()).hasSize(1);
		try (ServiceDiscoveryClient elsewhere = registry.client(AwsSessionCredentials.create("id", "secret", "token"),
				Region.AP_SOUTH_1)) {
			assertThat(elsewhere.getNamespace((request) -> request.id(namespace)).namespace().name()).isEqualTo("corp");
		}
	}

	@Test
	void rejectsWrongSecretAndUnknownKey() {
		refused("id", "secret2", "InvalidSignatureException", "does not match the signature you provided");
		refused("unknown", "secret", "UnrecognizedClientException",
				"The security token included in the request is invalid");
	}

	private static void refused(String id, String secret, String type, String message) {
		try (ServiceDiscoveryClient client = registry.client(AwsBasicCredentials.create(id, secret),
				Region.EU_WEST_1)) {
			assertThatExceptionOfType(ServiceDiscoveryException.class).isThrownBy(client::listNamespaces)
				.withMessageContaining(message)
				.satisfies((refusal) -> {
					assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo(type);
					assertThat(refusal.statusCode()).isEqualTo(400);
					assertThat(refusal.requestId()).isNotBlank();
				});
		}
	}

	@Test
	void identifiesItselfWithoutSignature() throws Exception {
		HttpResponse<String> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(registry.endpoint()).build(), BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).contains("discovery-registry");
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST /", "POST /?x=y", "GET /watch", "GET /elsewhere", "DELETE /", "HEAD /", "GET //",
			"PUT /discovery-registry/emulation" })
	void rejectsOtherRequestsWithoutSignature(String request) throws Exception {
		try (Socket socket = registry.connect()) {
			socket.getOutputStream()
				.write((request + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
			String answer = TestRegistry.readAll(socket);
			assertThat(answer).startsWith("HTTP/1.1 400");
			if (!request.startsWith("HEAD")) {
				assertThat(answer).contains("MissingAuthenticationTokenException", "Missing Authentication Token");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "/elsewhere?namespace=corp&since=12", "/elsewhere?b=%2F%20&a=%C3%A9&a=1", "/else%20where/" })
	void verifiesPathsAndQueries(String target) throws Exception {
		URI uri = registry.endpoint().resolve(target);
		Map<String, List<String>> headers = new RequestSigner("id", "secret", "servicediscovery", Instant.now())
			.sign("GET", uri, Map.of(), "");
		assertThat(exchange("GET", target, headers, "")).startsWith("HTTP/1.1 404");
		assertThat(exchange("GET", target + "x", headers, "")).contains("InvalidSignatureException");
	}

	@Test
	void requiresSignatureToWatch() throws Exception {
		String target = "/watch?namespace=no%2Fsuch%20one&since=12";
		Map<String, List<String>> headers = new RequestSigner("id", "secret", "servicediscovery", Instant.now())
			.sign("GET", registry.endpoint().resolve(target), Map.of(), "");
		assertThat(exchange("GET", target, headers, "")).contains("NamespaceNotFound");
		assertThat(exchange("GET", target.replace("12", "13"), headers, "")).contains("InvalidSignatureException");
		assertThat(exchange("GET", target, Map.of("Host", List.of("localhost")), ""))
			.contains("MissingAuthenticationTokenException");
	}

	@Test
	void verifiesHeadersAsSent() throws Exception {
		Map<String, List<String>> headers = new LinkedHashMap<>();
		headers.put("X-Amz-Target", List.of("Route53AutoNaming_v20170314.ListServices"));
		headers.put("My-Header", List.of("one", "two \t  three\u00a0"));
		Map<String, List<String>> signed = new RequestSigner("id", "secret", "servicediscovery", Instant.now())
			.sign("POST", registry.endpoint(), headers, "{}");
		assertThat(exchange("POST", "/", signed, "{}")).startsWith("HTTP/1.1 200");
		assertThat(exchange("POST", "http://localhost/", signed, "{}")).startsWith("HTTP/1.1 200");
		assertThat(exchange("POST", "/", signed, "{ }")).contains("InvalidSignatureException");
	}

	private static String exchange(String method, String target, Map<String, List<String>> headers, String body)
			throws Exception {
		StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\nConnection: close\r\n"
				+ "Content-Length: " + body.length() + "\r\n");
		headers.forEach((name, values) -> values
			.forEach((value) -> request.append(name).append(": ").append(value).append("\r\n")));
		try (Socket socket = registry.connect()) {
			socket.getOutputStream().write((request + "\r\n" + body).getBytes(StandardCharsets.UTF_8));
			return TestRegistry.readAll(socket);
		}
	}

}
