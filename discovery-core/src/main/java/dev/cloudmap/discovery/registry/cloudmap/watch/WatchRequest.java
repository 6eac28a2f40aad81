package dev.cloudmap.discovery.registry.cloudmap.watch;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapEndpoint;
import dev.cloudmap.discovery.registry.cloudmap.connection.RequestSigner;
import dev.cloudmap.discovery.registry.cloudmap.connection.SharedSecret;
import dev.cloudmap.discovery.registry.watch.BlockingQuery;

/**
 * Creates the requests for changes, with the endpoint and credentials of the SDK's
 * client.
 *
 * @param endpoint the registry's endpoint
 * @param region the region's name in signatures
 * @param credentials the credentials that sign the requests
 * @param names returns the lookup name of a namespace; may block
 */
public record WatchRequest(URI endpoint, String region, IdentityProvider<? extends AwsCredentialsIdentity> credentials,
		Function<Namespace, String> names) {

	/** The headers that the JDK's client adds itself. */
	private static final Set<String> HEADERS_OF_THE_CLIENT = headerNames("Host", "Content-Length", "Connection");

	private static final String PATH = "watch";

	/**
	 * Creates requests with the endpoint and credentials of a client.
	 * @param client the client
	 * @param names returns the lookup name of a namespace; may block
	 * @return the requests; empty if the client's endpoint is unknown or is the default
	 * endpoint of AWS, which reports no changes
	 */
	public static Optional<WatchRequest> of(ServiceDiscoveryClient client, Function<Namespace, String> names) {
		IdentityProvider<? extends AwsCredentialsIdentity> credentials = CloudMapEndpoint.credentials(client);
		CloudMapEndpoint endpoint = CloudMapEndpoint.of(client);
		if (credentials == null || endpoint.override() == null) {
			return Optional.empty();
		}
		return Optional.of(new WatchRequest(endpoint.override(),
				Objects.requireNonNullElse(endpoint.region(), "us-east-1"), credentials, names));
	}

	/**
	 * Creates a request. Blocks while it fetches credentials and finds the namespace.
	 * @param namespace the namespace
	 * @param since the revision of the last answer, or {@link BlockingQuery#NO_INDEX}
	 * @param wait the maximum time for which the registry waits for a change
	 * @throws RuntimeException if there are no credentials
	 */
	HttpRequest toHttp(Namespace namespace, long since, Duration wait) {
		SdkHttpRequest.Builder builder = SdkHttpRequest.builder()
			.method(SdkHttpMethod.GET)
			.uri(this.endpoint.resolve(path()))
			.putRawQueryParameter("namespace", this.names.apply(namespace));
		if (since != BlockingQuery.NO_INDEX) {
			builder.putRawQueryParameter("since", Long.toString(since))
				.putRawQueryParameter("wait", wait.toSeconds() + "s");
		}
		SdkHttpRequest request = new RequestSigner(this.credentials).sign(builder.build(), RequestSigner.SIGNING_NAME,
				this.region);
		HttpRequest.Builder http = HttpRequest.newBuilder(request.getUri()).GET();
		request.forEachHeader((name, values) -> {
			if (!HEADERS_OF_THE_CLIENT.contains(name)) {
				values.forEach((value) -> http.header(name, value));
			}
		});
		return http.build();
	}

	/**
	 * Returns whether the answer contains a valid proof of the shared secret. Without a
	 * shared secret, every answer is accepted.
	 * @param request the request
	 * @param answer the headers of the answer
	 */
	boolean isGenuine(HttpRequest request, HttpHeaders answer) {
		return !(this.credentials instanceof SharedSecret secret)
				|| secret.isProof(request.headers().firstValue("Authorization").orElse(""), request.uri(),
						answer.firstValue(SharedSecret.PROOF_HEADER).orElse(null));
	}

	/** Returns the path of the query, below the path of the endpoint. */
	private String path() {
		String base = this.endpoint.getRawPath();
		return ((base == null || base.isEmpty()) ? "/" : (base.endsWith("/") ? base : base + "/")) + PATH;
	}

	private static Set<String> headerNames(String... names) {
		Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
		set.addAll(Set.of(names));
		return set;
	}

}
