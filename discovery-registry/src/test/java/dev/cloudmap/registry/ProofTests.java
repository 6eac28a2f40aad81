package dev.cloudmap.registry;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.registry.api.signature.Credentials;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A registry that requires signatures proves in every answer that it has the secret.
 */
class ProofTests {

	private static final String SECRET = "0123456789abcdef";

	private static final String HEADER = "X-Discovery-Proof";

	private static final RegistryOptions OPTIONS = RegistryOptions.defaults().withHttpPort(0).withDnsPort(0);

	@ParameterizedTest
	@ValueSource(strings = { "/", "/discovery-registry/presence", "/watch?namespace=corp", "/nothing" })
	void everyAnswerProvesTheSecretForOneSignatureAndAddress(String path) throws Exception {
		try (RegistryServer server = RegistryServer.start(OPTIONS.withCredentials(Credentials.of("known", SECRET)))) {
			HttpHeaders headers = get(server, path, authorization("known", "abc123"));
			String address = "127.0.0.1:" + server.httpAddress().getPort();
			assertThat(headers.firstValue(HEADER)).hasValue(hmac("discovery-registry-proof\n" + address + "\nabc123"));
			assertThat(headers.allValues(HEADER)).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Basic abc", "AWS4-HMAC-SHA256 Credential=known" })
	void thereIsNoneForWhatIsNotSigned(String authorization) throws Exception {
		try (RegistryServer server = RegistryServer.start(OPTIONS.withCredentials(Credentials.of("known", SECRET)))) {
			assertThat(get(server, "/", authorization).firstValue(HEADER)).hasValue("none");
			assertThat(get(server, "/", authorization("unknown", "abc123")).firstValue(HEADER)).hasValue("none");
		}
	}

	@Test
	void aRegistryWithoutCredentialsHasNothingToProve() throws Exception {
		try (RegistryServer server = RegistryServer.start(OPTIONS)) {
			assertThat(get(server, "/", authorization("known", "abc123")).firstValue(HEADER)).isEmpty();
		}
	}

	private static String authorization(String id, String signature) {
		return "AWS4-HMAC-SHA256 Credential=" + id
				+ "/20260101/us-east-1/servicediscovery/aws4_request, SignedHeaders=host, Signature=" + signature;
	}

	private static HttpHeaders get(RegistryServer server, String path, String authorization) throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.endpoint() + path));
		if (!authorization.isEmpty()) {
			request.header("Authorization", authorization);
		}
		return HttpClient.newHttpClient().send(request.build(), BodyHandlers.discarding()).headers();
	}

	private static String hmac(String data) throws Exception {
		Mac mac = Mac.getInstance("HmacSHA256");
		mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
		return HexFormat.of().formatHex(mac.doFinal(data.getBytes(StandardCharsets.UTF_8)));
	}

}
