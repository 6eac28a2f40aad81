package dev.cloudmap.discovery.registry.cloudmap;

import java.time.Duration;

import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClientBuilder;

/**
 * Builds the SDK's client: the one place that knows how an endpoint, a region and
 * credentials become one.
 */
public final class CloudMapClients {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

	private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(3);

	private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

	private CloudMapClients() {
	}

	/**
	 * A builder set up for the given connection, to be refined and built.
	 * @param connection where Cloud Map is; not null
	 * @return the builder, never null
	 */
	public static ServiceDiscoveryClientBuilder builder(CloudMapConnection connection) {
		ServiceDiscoveryClientBuilder builder = ServiceDiscoveryClient.builder()
			.region(Region.of(connection.region()))
			.httpClientBuilder(
					UrlConnectionHttpClient.builder().connectionTimeout(CONNECT_TIMEOUT).socketTimeout(ATTEMPT_TIMEOUT))
			.overrideConfiguration((configuration) -> configuration.apiCallAttemptTimeout(ATTEMPT_TIMEOUT)
				.apiCallTimeout(CALL_TIMEOUT));
		if (connection.credentials() != null) {
			builder.credentialsProvider(connection.credentials());
		}
		if (connection.endpoint() != null) {
			// DiscoverInstances would go to a host "data-<endpoint>", which exists on AWS
			// only
			builder.endpointOverride(connection.endpoint())
				.overrideConfiguration(builder.overrideConfiguration()
					.toBuilder()
					.putAdvancedOption(SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true)
					.build());
		}
		return builder;
	}

}
