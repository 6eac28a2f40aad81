package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

import static org.assertj.core.api.Assertions.assertThat;

class UnloggedSignerTests {

	private static final Clock CLOCK = Clock.fixed(Instant.parse("2015-08-30T12:36:00Z"), ZoneOffset.UTC);

	private static final AwsCredentialsIdentity USER = AwsCredentialsIdentity.create("AKIDEXAMPLE",
			"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

	private static final AwsCredentialsIdentity ROLE = AwsSessionCredentialsIdentity.create("AKIDEXAMPLE",
			"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "session/token+of==");

	private static final AwsCredentialsIdentity PADDED = AwsSessionCredentialsIdentity.create(" AKIDEXAMPLE\n",
			"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\n", "\tsession/token+of== \r\n");

	private final UnloggedSigner signer = new UnloggedSigner();

	/** The case "get-vanilla" of AWS's test suite for Signature Version 4. */
	@Test
	void matchesTheAwsTestSuite() {
		SdkHttpRequest request = SdkHttpRequest.builder()
			.method(SdkHttpMethod.GET)
			.uri(URI.create("https://example.amazonaws.com/"))
			.build();
		SdkHttpRequest signed = this.signer.sign(request, new byte[0], USER, "service", "us-east-1", CLOCK);
		assertThat(signed.firstMatchingHeader("Authorization"))
			.hasValue("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
					+ " SignedHeaders=host;x-amz-date,"
					+ " Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
	}

	@ParameterizedTest
	@MethodSource("requests")
	void matchesTheSdkSigner(SdkHttpRequest request) {
		for (AwsCredentialsIdentity identity : new AwsCredentialsIdentity[] { USER, ROLE, PADDED }) {
			for (String body : new String[] { "", "{\"Name\": \"grün\"}" }) {
				byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
				SdkHttpRequest bySdk = AwsV4HttpSigner.create()
					.sign((sign) -> sign.identity(identity)
						.request(request)
						.payload(ContentStreamProvider.fromByteArray(bytes))
						.putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "servicediscovery")
						.putProperty(AwsV4HttpSigner.REGION_NAME, "eu-central-1")
						.putProperty(HttpSigner.SIGNING_CLOCK, CLOCK))
					.request();
				SdkHttpRequest unsigned = bySdk.toBuilder().removeHeader("Authorization").build();
				assertThat(this.signer.sign(unsigned, bytes, identity, "servicediscovery", "eu-central-1", CLOCK)
					.headers()).isEqualTo(bySdk.headers());
			}
		}
	}

	static Stream<SdkHttpRequest> requests() {
		return Stream
			.of("https://servicediscovery.eu-central-1.amazonaws.com", "http://127.0.0.1:8054/",
					"http://127.0.0.1:80/base/path/", "https://[::1]:443/a%20b/%C3%BC", "http://localhost/a/./b/../c")
			.map(URI::create)
			.flatMap((uri) -> Stream.of(
					SdkHttpRequest.builder()
						.method(SdkHttpMethod.POST)
						.uri(uri)
						.putHeader("Content-Type", " application/x-amz-json-1.1 "),
					SdkHttpRequest.builder()
						.method(SdkHttpMethod.POST)
						.uri(uri)
						.putHeader("X-Amz-Target", "Route53AutoNaming_v20170314.DiscoverInstances")
						.putHeader("x-amz-list", List.of("b", "a  b")),
					SdkHttpRequest.builder()
						.method(SdkHttpMethod.GET)
						.uri(uri)
						.putRawQueryParameter("since", "1/2+3 4~é")
						.putRawQueryParameter("namespace", List.of("b", "a"))))
			.map(SdkHttpRequest.Builder::build);
	}

	@Test
	void doesNotSignAnonymousRequests() {
		SdkHttpRequest request = requests().findFirst().orElseThrow();
		AwsCredentialsIdentity anonymous = AnonymousCredentialsProvider.create().resolveCredentials();
		assertThat(this.signer.sign(request, new byte[0], anonymous, "servicediscovery", "eu-central-1", CLOCK))
			.isSameAs(request);
	}

}
