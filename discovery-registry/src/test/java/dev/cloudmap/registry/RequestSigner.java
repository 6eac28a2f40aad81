package dev.cloudmap.registry;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * Signs requests that the AWS SDK does not support, with the signer of the SDK.
 *
 * @param accessKeyId the access key id
 * @param secretAccessKey the secret access key
 * @param service the service name in the scope
 * @param time the time of the signature
 */
public record RequestSigner(String accessKeyId, String secretAccessKey, String service, Instant time) {

	/**
	 * Returns the headers of the signed request.
	 */
	public Map<String, List<String>> sign(String method, URI uri, Map<String, List<String>> headers, String body) {
		SdkHttpRequest request = SdkHttpRequest.builder()
			.method(SdkHttpMethod.fromValue(method))
			.uri(uri)
			.headers(headers)
			.build();
		return AwsV4HttpSigner.create()
			.sign((sign) -> sign.identity(AwsCredentialsIdentity.create(this.accessKeyId, this.secretAccessKey))
				.request(request)
				.payload(ContentStreamProvider.fromString(body, StandardCharsets.UTF_8))
				.putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, this.service)
				.putProperty(AwsV4HttpSigner.REGION_NAME, "eu-west-1")
				.putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(this.time, ZoneOffset.UTC)))
			.request()
			.headers();
	}

}
