package dev.cloudmap.registry;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.registry.api.signature.Credentials;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A registry that requires signatures proves in every response that it has the secret.
 */
class ProofTests {

	private static final String SECRET = "0123456789abcdef";

	private static final String HEADER = "X-Discovery-Proof";

	private static final String SERVICE = "servicediscovery";

	private final RequestSigner signer = new RequestSigner("known", SECRET, SERVICE, Instant.now());

	private static final RegistryOptions OPTIONS = RegistryOptions.defaults().withHttpPort(0).withDnsPort(0);

	private final HttpClient http = HttpClient.newHttpClient();

	private RegistryServer server;

	@BeforeEach
	void start() {
		this.server = RegistryServer.start(OPTIONS.withCredentials(Credentials.of("known", SECRET)));
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/discovery-registry/presence", "/watch?namespace=corp", "/nothing" })
	void proofCoversSecretSignatureAndAddress(String path) throws Exception {
		HttpRequest request = signed(path, this.signer);
		HttpHeaders headers = send(request);
		assertThat(headers.firstValue(HEADER)).hasValue(proofOf(request));
		assertThat(headers.allValues(HEADER)).hasSize(1);
	}

	@Test
	void route53AnswerHasProof() throws Exception {
		HttpRequest request = signed("/2013-04-01/hostedzone/Z1",
				new RequestSigner("known", SECRET, "route53", Instant.now()));
		assertThat(send(request).firstValue(HEADER)).hasValue(proofOf(request));
	}

	/**
	 * Otherwise an attacker could obtain MACs of chosen texts and use them to guess the
	 * secret.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "/", "/discovery-registry/presence", "/watch?namespace=corp", "/nothing",
			"/2013-04-01/hostedzone/Z1" })
	void unverifiedSignatureHasNoProof(String path) throws Exception {
		Instant now = Instant.now();
		for (HttpRequest request : List.of(signed(path, new RequestSigner("known", "another-secret", SERVICE, now)),
				signed(path, new RequestSigner("unknown", SECRET, SERVICE, now)),
				signed(path, new RequestSigner("known", SECRET, "s3", now)),
				signed(path, new RequestSigner("known", SECRET, SERVICE, now.minus(Duration.ofMinutes(16)))),
				with(path, "AWS4-HMAC-SHA256 Credential=known/20200101/x/y/z, SignedHeaders=host, Signature=abc123"),
				with(path, signed("/other", this.signer).headers().firstValue("Authorization").orElseThrow()),
				with(path, "Basic abc"), HttpRequest.newBuilder(this.server.endpoint().resolve(path)).build())) {
			assertThat(send(request).allValues(HEADER)).containsExactly("none");
		}
	}

	@Test
	void requestsOnOneConnectionHaveDifferentProofs() throws Exception {
		assertThat(send(signed("/", this.signer)).firstValue(HEADER)).isNotEqualTo(Optional.of("none"));
		assertThat(send(HttpRequest.newBuilder(this.server.endpoint()).build()).firstValue(HEADER)).hasValue("none");
	}

	@Test
	void requestWithBodyHasOneProof() throws Exception {
		Map<String, List<String>> target = Map.of("X-Amz-Target", List.of("Route53AutoNaming_v20170314.ListNamespaces"),
				"Content-Type", List.of("application/x-amz-json-1.1"));
		URI uri = this.server.endpoint().resolve("/");
		HttpRequest.Builder builder = HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString("{}"));
		addHeaders(builder, this.signer.sign("POST", uri, target, "{}"));
		HttpRequest request = builder.build();
		assertThat(send(request).allValues(HEADER)).containsExactly(proofOf(request));
	}

	@Test
	void registryWithoutCredentialsReturnsNoProof() throws Exception {
		stop();
		this.server = RegistryServer.start(OPTIONS);
		assertThat(send(signed("/", this.signer)).firstValue(HEADER)).isEmpty();
	}

	private HttpRequest signed(String path, RequestSigner signer) {
		URI uri = this.server.endpoint().resolve(path);
		HttpRequest.Builder request = HttpRequest.newBuilder(uri);
		addHeaders(request, signer.sign("GET", uri, Map.of(), ""));
		return request.build();
	}

	private static void addHeaders(HttpRequest.Builder request, Map<String, List<String>> headers) {
		headers.forEach((name, values) -> {
			if (!name.equalsIgnoreCase("Host")) {
				values.forEach((value) -> request.header(name, value));
			}
		});
	}

	private HttpRequest with(String path, String authorization) {
		return HttpRequest.newBuilder(this.server.endpoint().resolve(path))
			.header("Authorization", authorization)
			.build();
	}

	private HttpHeaders send(HttpRequest request) throws Exception {
		return this.http.send(request, BodyHandlers.discarding()).headers();
	}

	private String proofOf(HttpRequest request) throws Exception {
		String authorization = request.headers().firstValue("Authorization").orElseThrow();
		String signature = authorization.substring(authorization.indexOf("Signature=") + "Signature=".length());
		Mac mac = Mac.getInstance("HmacSHA256");
		mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
		String data = "discovery-registry-proof\n127.0.0.1:" + this.server.httpAddress().getPort() + "\n" + signature;
		return HexFormat.of().formatHex(mac.doFinal(data.getBytes(StandardCharsets.UTF_8)));
	}

}
