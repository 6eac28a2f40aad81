package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.utils.AttributeMap;

import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapEndpoint;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapHttpClient;
import dev.cloudmap.discovery.registry.cloudmap.connection.RequestSigner;
import dev.cloudmap.discovery.registry.cloudmap.connection.SdkProxy;
import dev.cloudmap.discovery.registry.http.ProxyRoute;

/**
 * Looks up the VPCs of private hosted zones in Amazon Route 53 (Amazon Route 53 API
 * Reference, {@code GetHostedZone}). The Cloud Map API does not return them. This class
 * sends its only request without the AWS SDK's module for Route 53.
 *
 * @param client the client that provides the credentials and the endpoint
 */
record HostedZones(ServiceDiscoveryClient client) {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

	private static final Duration READ_TIMEOUT = Duration.ofSeconds(3);

	private static final String PATH = "/2013-04-01/hostedzone/";

	private static final int OK = 200;

	private static final Pattern VPC_ID = Pattern.compile("<VPCId>\\s*([^<\\s]+)\\s*</VPCId>");

	/**
	 * Returns the ids of the VPCs that are associated with a private hosted zone.
	 * @param id the zone's id
	 * @throws IOException if the request to Route 53 fails
	 */
	Set<String> vpcs(String id) throws IOException {
		IdentityProvider<? extends AwsCredentialsIdentity> credentials = CloudMapEndpoint.credentials(this.client);
		if (credentials == null) {
			throw new IOException("the client of Cloud Map does not provide its configuration");
		}
		Service service = Service.of(CloudMapEndpoint.of(this.client));
		SdkHttpRequest request = SdkHttpRequest.builder()
			.method(SdkHttpMethod.GET)
			.uri(service.endpoint.resolve(PATH + id))
			.build();
		try (SdkHttpClient http = CloudMapHttpClient.builder(CONNECT_TIMEOUT, READ_TIMEOUT)
			.buildWithDefaults(AttributeMap.empty())) {
			SdkHttpRequest signed = new RequestSigner(credentials).sign(request, "route53", service.region);
			HttpExecuteResponse response = http.prepareRequest(HttpExecuteRequest.builder().request(signed).build())
				.call();
			return read(response);
		}
		catch (IOException | RuntimeException ex) {
			throw new IOException("Route 53 at " + service.endpoint + " did not answer GetHostedZone"
					+ ProxyRoute.describe(SdkProxy.of(service.endpoint)) + ": " + ex.getMessage(), ex);
		}
	}

	private static Set<String> read(HttpExecuteResponse response) throws IOException {
		int status = response.httpResponse().statusCode();
		AbortableInputStream body = response.responseBody().orElse(null);
		if (body == null || status != OK) {
			if (body != null) {
				body.close();
			}
			throw new IOException("status " + status);
		}
		try (body) {
			String xml = new String(body.readAllBytes(), StandardCharsets.UTF_8);
			if (!xml.contains("<GetHostedZoneResponse")) {
				throw new IOException("expected XML with the element GetHostedZoneResponse, found something else");
			}
			return VPC_ID.matcher(xml).results().map((id) -> id.group(1)).collect(Collectors.toSet());
		}
	}

	/**
	 * The endpoint of Route 53 and the region in its signatures.
	 */
	private record Service(URI endpoint, String region) {

		static Service of(CloudMapEndpoint cloudMap) {
			if (cloudMap.override() != null && !cloudMap.isInAwsDomain()) {
				return new Service(cloudMap.override(), Objects.requireNonNullElse(cloudMap.region(), "us-east-1"));
			}
			String region = String.valueOf(cloudMap.region());
			if (region.startsWith("cn-")) {
				return new Service(URI.create("https://route53.amazonaws.com.cn"), "cn-northwest-1");
			}
			if (region.startsWith("us-gov-")) {
				return new Service(URI.create("https://route53.us-gov.amazonaws.com"), "us-gov-west-1");
			}
			return new Service(URI.create("https://route53.amazonaws.com"), "us-east-1");
		}

	}

}
