package dev.cloudmap.discovery.registry.cloudmap;

import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.utils.CompletableFutureUtils;

/**
 * Signs requests that the SDK's client has no operation for, with the credentials of that
 * client.
 *
 * @param credentials the credentials
 */
record RequestSigner(IdentityProvider<? extends AwsCredentialsIdentity> credentials) {

	/**
	 * Signs a request without a body. Blocks while credentials are fetched.
	 * @param request the request
	 * @param service the name of the service in signatures
	 * @param region the name of the region in signatures
	 * @return the signed request; the same for anonymous credentials
	 * @throws RuntimeException if there are no credentials
	 */
	SdkHttpRequest sign(SdkHttpRequest request, String service, String region) {
		AwsCredentialsIdentity identity = CompletableFutureUtils.joinLikeSync(this.credentials.resolveIdentity());
		if (identity.accessKeyId() == null) {
			return request;
		}
		return AwsV4HttpSigner.create()
			.sign((sign) -> sign.identity(identity)
				.request(request)
				.putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
				.putProperty(AwsV4HttpSigner.REGION_NAME, region))
			.request();
	}

}
