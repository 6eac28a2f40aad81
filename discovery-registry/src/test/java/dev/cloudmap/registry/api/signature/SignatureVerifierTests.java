package dev.cloudmap.registry.api.signature;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.registry.api.message.RejectedRequestException;
import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.RequestSigner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Requests signed by the AWS SDK, unchanged and modified.
 */
class SignatureVerifierTests {

	private static final String BODY = "{\"Name\":\"corp\"}";

	private static final String TARGET = "Route53AutoNaming_v20170314.CreateHttpNamespace";

	private final ManualScheduler scheduler = new ManualScheduler();

	private final SignatureVerifier verifier = new SignatureVerifier(Credentials.of("id", "secret"), this.scheduler);

	private final Map<String, List<String>> headers = new LinkedHashMap<>(
			Map.of("X-Amz-Target", List.of(TARGET), "Content-Type", List.of("application/x-amz-json-1.1")));

	private FullHttpRequest signed(RequestSigner signer, String target) {
		FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, target,
				Unpooled.copiedBuffer(BODY, StandardCharsets.UTF_8));
		signer.sign("POST", URI.create("http://registry:8054").resolve(target), this.headers, BODY)
			.forEach((name, values) -> request.headers().set(name, values));
		return request;
	}

	private FullHttpRequest signed() {
		return signed(new RequestSigner("id", "secret", "servicediscovery", this.scheduler.now()), "/");
	}

	private ThrowableAssertAlternative<RejectedRequestException> refused(FullHttpRequest request, String type) {
		return assertThatExceptionOfType(RejectedRequestException.class)
			.isThrownBy(() -> this.verifier.verify(request, SignatureVerifier.SERVICE))
			.satisfies((refusal) -> assertThat(refusal.type()).isEqualTo(type));
	}

	private void accepted(FullHttpRequest request) {
		assertThatCode(() -> this.verifier.verify(request, SignatureVerifier.SERVICE)).doesNotThrowAnyException();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/watch?namespace=corp&since=12", "/watch?since=12&namespace=a%2Fb%20c%7E%C3%A9&x=",
			"/discovery-registry/emulation", "/a%20b/" })
	void acceptsSignedRequests(String target) {
		this.headers.put("X-Amz-Security-Token", List.of("token"));
		this.headers.put("My-Header", List.of("a   b", "c"));
		accepted(signed(new RequestSigner("id", "secret", "servicediscovery", this.scheduler.now()), target));
	}

	@Test
	void acceptsAllRequestsWithoutCredentials() {
		FullHttpRequest request = signed();
		request.headers().set("Authorization", "Basic nonsense");
		assertThatCode(() -> new SignatureVerifier(Credentials.NONE, this.scheduler).verify(request,
				SignatureVerifier.SERVICE))
			.doesNotThrowAnyException();
	}

	@Test
	void rejectsWrongSecretAndReportsCanonicalRequest() {
		refused(signed(new RequestSigner("id", "secret2", "servicediscovery", this.scheduler.now()), "/"),
				"InvalidSignatureException")
			.withMessageStartingWith("The request signature we calculated does not match the signature you provided.")
			.withMessageContaining("x-amz-target:" + TARGET + "\n")
			.withMessageContaining(
					"'AWS4-HMAC-SHA256\n20260101T000000Z\n20260101/eu-west-1/servicediscovery/aws4_request")
			.withMessageNotContaining("secret");
	}

	@Test
	void rejectsUnknownKey() {
		refused(signed(new RequestSigner("other", "secret", "servicediscovery", this.scheduler.now()), "/"),
				"UnrecognizedClientException")
			.withMessage("The security token included in the request is invalid.");
	}

	@Test
	void rejectsSignatureForAnotherService() {
		refused(signed(new RequestSigner("id", "secret", "s3", this.scheduler.now()), "/"), "InvalidSignatureException")
			.withMessage("Credential should be scoped to correct service: 'servicediscovery'.");
	}

	@Test
	void rejectsModifiedRequest() {
		FullHttpRequest body = signed();
		body.content().setByte(2, 'M');
		refused(body, "InvalidSignatureException").withMessageStartingWith("The request signature");
		FullHttpRequest method = signed();
		method.setMethod(HttpMethod.PUT);
		refused(method, "InvalidSignatureException").withMessageStartingWith("The request signature");
		FullHttpRequest query = signed();
		query.setUri("/?a=b");
		refused(query, "InvalidSignatureException").withMessageStartingWith("The request signature");
		FullHttpRequest path = signed();
		path.setUri("/watch");
		refused(path, "InvalidSignatureException").withMessageStartingWith("The request signature");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Host", "Content-Type", "X-Amz-Target" })
	void rejectsModifiedHeader(String name) {
		FullHttpRequest changed = signed();
		changed.headers().set(name, "Route53AutoNaming_v20170314.DeleteNamespace");
		refused(changed, "InvalidSignatureException").withMessageStartingWith("The request signature");
		FullHttpRequest repeated = signed();
		repeated.headers().add(name, "more");
		refused(repeated, "InvalidSignatureException").withMessageStartingWith("The request signature");
		FullHttpRequest removed = signed();
		removed.headers().remove(name);
		refused(removed, "IncompleteSignatureException")
			.withMessage("'%s' is named as a SignedHeader, but it does not exist in the HTTP request."
				.formatted(name.toLowerCase(Locale.ROOT)));
	}

	@Test
	void rejectsUnsignedAmzHeaders() {
		this.headers.remove("X-Amz-Target");
		FullHttpRequest request = signed();
		request.headers().set("X-Amz-Target", TARGET);
		refused(request, "InvalidSignatureException")
			.withMessage("There were headers present in the request which were not signed: x-amz-target");
	}

	@Test
	void acceptsOtherUnsignedHeaders() {
		FullHttpRequest request = signed();
		request.headers().set("User-Agent", "any").set("Via", "1.1 proxy").set("x-amzn-trace-id", "Root=1");
		accepted(request);
		this.headers.remove("Content-Type");
		FullHttpRequest typeNotSigned = signed();
		typeNotSigned.headers().set("Content-Type", "application/x-amz-json-1.1");
		accepted(typeNotSigned);
	}

	@Test
	void rejectsSignedHashThatDoesNotMatchBody() {
		FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
		TreeSet<String> names = new TreeSet<>(List.of("host", "x-amz-content-sha256", "x-amz-date"));
		String hash = HexFormat.of().formatHex(SignatureScope.sha256().digest());
		for (String declared : List.of("UNSIGNED-PAYLOAD", hash.replace('e', 'f'), hash)) {
			request.headers()
				.set("Host", "a")
				.set("X-Amz-Date", "20260101T000000Z")
				.set("x-amz-content-sha256", declared);
			SignatureScope scope = new SignatureScope("20260101", "eu-west-1", "servicediscovery", "aws4_request");
			String signature = scope.sign("secret",
					scope.stringToSign("20260101T000000Z", CanonicalRequest.of(request, names, hash)));
			request.headers()
				.set("Authorization", "AWS4-HMAC-SHA256 Credential=id/20260101/eu-west-1/servicediscovery/aws4_request,"
						+ "SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=" + signature);
			if (!declared.equals(hash)) {
				refused(request, "InvalidSignatureException")
					.withMessage("The provided 'x-amz-content-sha256' header does not match what was computed.");
			}
		}
		accepted(request);
	}

	@Test
	void rejectsExpiredAndFutureRequests() {
		Instant begin = this.scheduler.now();
		FullHttpRequest request = signed();
		this.scheduler.advance(Duration.ofMinutes(15));
		accepted(request);
		this.scheduler.advance(Duration.ofSeconds(1));
		refused(request, "InvalidSignatureException")
			.withMessage("Signature expired: 20260101T000000Z is now earlier than 20260101T000001Z "
					+ "(20260101T001501Z - 15 min.)");
		accepted(signed(new RequestSigner("id", "secret", "servicediscovery", begin.plusSeconds(1801)), "/"));
		refused(signed(new RequestSigner("id", "secret", "servicediscovery", begin.plusSeconds(1802)), "/"),
				"InvalidSignatureException")
			.withMessage("Signature not yet current: 20260101T003002Z is still later than 20260101T003001Z "
					+ "(20260101T001501Z + 15 min.)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Basic aWQ6c2VjcmV0", "Bearer x", "id:secret" })
	void rejectsOtherAuthorizationSchemes(String authorization) {
		FullHttpRequest request = signed();
		request.headers().set("Authorization", authorization);
		refused(request, "MissingAuthenticationTokenException").withMessage("Missing Authentication Token");
		request.headers().remove("Authorization");
		refused(request, "MissingAuthenticationTokenException");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
					AWS4-HMAC-SHA512 Credential=a                          | Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512'.
					AWS4-HMAC-SHA256                                       | 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter.
					AWS4-HMAC-SHA256 Credential=a, Signature=b             | Authorization header requires 'SignedHeaders' parameter.
					AWS4-HMAC-SHA256 Credential= hush/a, Signature         | missing equal-sign
					AWS4-HMAC-SHA256 Signature=b, Signature=b              | repeated
					AWS4-HMAC-SHA256 Credential=hu/sh/20260101/r/s/t, Signature=b, SignedHeaders=host | exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 6.
					AWS4-HMAC-SHA256 Credential=a/20260101/r/s/t, Signature=b, SignedHeaders=host;;x  | '' is named as a SignedHeader
					""")
	void errorStatesMissingAuthorizationParts(String authorization, String message) {
		FullHttpRequest request = signed();
		request.headers().set("Authorization", authorization);
		refused(request, "IncompleteSignatureException").withMessageContaining(message)
			.withMessageNotContaining("hush");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
					20260101/eu-west-1/servicediscovery/aws4_request | 20260102/eu-west-1/servicediscovery/aws4_request | '20260102' != '20260101', from '20260101T000000Z'
					/eu-west-1/servicediscovery/aws4_request         | //servicediscovery/aws4_request                  | valid region
					servicediscovery/aws4_request                    | servicediscovery/aws5_request                    | 'aws4_request', not 'aws5_request'
					SignedHeaders=content-type;host                  | SignedHeaders=content-type                       | 'Host' or ':authority' must be a 'SignedHeader'
					eu-west-1                                        | eu-west-2                                        | The request signature we calculated
					Signature=                                       | Signature=0                                      | The request signature we calculated
					""")
	void rejectsOtherScope(String from, String to, String message) {
		FullHttpRequest request = signed();
		String authorization = request.headers().get("Authorization");
		assertThat(authorization).contains(from);
		request.headers().set("Authorization", authorization.replace(from, to));
		refused(request, "InvalidSignatureException").withMessageContaining(message);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "Thu, 01 Jan 2026 00:00:00 GMT", "2026-01-01T00:00:00Z", "20260101", "", "20261301T000000Z" })
	void acceptsOneTimeFormat(String time) {
		FullHttpRequest request = signed();
		request.headers().set("X-Amz-Date", time);
		refused(request, "IncompleteSignatureException").withMessageContaining("ISO-8601 'basic format'")
			.withMessageContaining("'" + time + "'");
		request.headers().remove("X-Amz-Date");
		request.headers().set("Date", "Thu, 01 Jan 2026 00:00:00 GMT");
		refused(request, "IncompleteSignatureException").withMessageContaining("'X-Amz-Date'");
	}

}
