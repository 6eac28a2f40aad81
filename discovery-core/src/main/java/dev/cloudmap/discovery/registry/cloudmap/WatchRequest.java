package dev.cloudmap.discovery.registry.cloudmap;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryServiceClientConfiguration;

import dev.cloudmap.discovery.Namespace;

/**
 * Asks a registry to tell what changes, at the endpoint and as the one as whom the SDK's
 * client asks it.
 *
 * @param endpoint where the registry is
 * @param region the region's name in signatures
 * @param credentials who asks
 * @param names the name by which a namespace is looked up; may block
 */
record WatchRequest(URI endpoint, String region, IdentityProvider<? extends AwsCredentialsIdentity> credentials,
		Function<Namespace, String> names) {

	/** What the JDK's client says by itself. */
	private static final Set<String> OF_THE_CLIENT = headerNames("Host", "Content-Length", "Connection");

	private static final String PATH = "watch";

	/** The service's name in a signature's scope (Service Authorization Reference). */
	static final String SIGNING_NAME = "servicediscovery";

	/**
	 * Requests that look namespaces up by their own names.
	 */
	WatchRequest(URI endpoint, String region, IdentityProvider<? extends AwsCredentialsIdentity> credentials) {
		this(endpoint, region, credentials, Namespace::name);
	}

	/**
	 * How to ask where a client asks.
	 * @param client the client
	 * @param names the name by which a namespace is looked up; may block
	 * @return empty if the client asks AWS itself, which tells nobody what changes, or
	 * does not say whom it asks
	 */
	static Optional<WatchRequest> of(ServiceDiscoveryClient client, Function<Namespace, String> names) {
		ServiceDiscoveryServiceClientConfiguration configuration = CloudMapEndpoint.configuration(client);
		if (configuration == null) {
			return Optional.empty();
		}
		Region region = configuration.region();
		return configuration.endpointOverride()
			.map((endpoint) -> new WatchRequest(endpoint, (region != null) ? region.id() : "us-east-1",
					configuration.credentialsProvider(), names));
	}

	/**
	 * The request. Blocks while credentials are fetched and the namespace is found.
	 * @param namespace the namespace
	 * @param since the id of the last event that was received; null for all from now on
	 * @throws RuntimeException if there are no credentials
	 */
	HttpRequest toHttp(Namespace namespace, @Nullable String since) {
		SdkHttpRequest.Builder builder = SdkHttpRequest.builder()
			.method(SdkHttpMethod.GET)
			.uri(this.endpoint.resolve(path()))
			.putRawQueryParameter("namespace", this.names.apply(namespace))
			.putHeader("Accept", "text/event-stream");
		if (since != null) {
			builder.putRawQueryParameter("since", since);
		}
		SdkHttpRequest request = new RequestSigner(this.credentials).sign(builder.build(), SIGNING_NAME, this.region);
		HttpRequest.Builder http = HttpRequest.newBuilder(request.getUri()).GET();
		request.forEachHeader((name, values) -> {
			if (!OF_THE_CLIENT.contains(name)) {
				values.forEach((value) -> http.header(name, value));
			}
		});
		return http.build();
	}

	/**
	 * Whether an answer comes from the registry that is asked, as far as it has to prove
	 * it.
	 * @param request the request
	 * @param answer the headers of the answer
	 */
	boolean isGenuine(HttpRequest request, HttpHeaders answer) {
		return !(this.credentials instanceof SharedSecret secret)
				|| secret.isProof(request.headers().firstValue("Authorization").orElse(""), request.uri(),
						answer.firstValue(SharedSecret.PROOF_HEADER).orElse(null));
	}

	/** Beside the API, which is at the endpoint itself. */
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
