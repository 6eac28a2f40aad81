package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.time.Clock;

import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.utils.CompletableFutureUtils;

/**
 * Signs requests that are no operations of the SDK's client, with the credentials of that
 * client.
 *
 * @param credentials the credentials
 */
public record RequestSigner(IdentityProvider<? extends AwsCredentialsIdentity> credentials) {

	/** The name of Cloud Map in a signature's scope (Service Authorization Reference). */
	public static final String SIGNING_NAME = "servicediscovery";

	/**
	 * Signs a request without a body. Blocks while credentials are fetched.
	 * @param request the request
	 * @param service the name of the service in signatures
	 * @param region the name of the region in signatures
	 * @return the signed request, or the unchanged request for anonymous credentials
	 * @throws RuntimeException if there are no credentials
	 */
	public SdkHttpRequest sign(SdkHttpRequest request, String service, String region) {
		AwsCredentialsIdentity identity = CompletableFutureUtils.joinLikeSync(this.credentials.resolveIdentity());
		return new UnloggedSigner().sign(request, new byte[0], identity, service, region, Clock.systemUTC());
	}

}
