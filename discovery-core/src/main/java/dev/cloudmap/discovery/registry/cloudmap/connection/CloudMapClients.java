package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.SdkServiceClientConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClientBuilder;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryServiceClientConfiguration;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registry.ConnectionLog;

/**
 * Builds the SDK's client from an endpoint, a region and credentials.
 */
public final class CloudMapClients {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

	private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(3);

	private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

	/** The time after which an idle thread ends. */
	private static final Duration KEEP_ALIVE = Duration.ofSeconds(1);

	/**
	 * A placeholder: the SDK requires a region before it reports the endpoint. No client
	 * uses this region.
	 */
	private static final Region UNDETERMINED = Region.of("undetermined");

	private CloudMapClients() {
	}

	/**
	 * Returns a builder for the given connection, which the caller can customize. If the
	 * connection has no endpoint, the SDK searches the system properties, the environment
	 * and the AWS profile. If the connection has no region, the client uses the SDK's
	 * region provider chain for an endpoint of AWS. For any other endpoint it uses the
	 * system properties, the environment or the AWS profile, and else {@code us-east-1}.
	 * @param connection the connection to Cloud Map
	 * @return the builder; its {@code build()} throws a {@link DiscoveryException} if a
	 * region is required but not configured
	 */
	public static ServiceDiscoveryClientBuilder builder(CloudMapConnection connection) {
		ConnectionLog.hideCredentials();
		ServiceDiscoveryClientBuilder builder = ServiceDiscoveryClient.builder()
			.region((connection.region() != null) ? Region.of(connection.region()) : UNDETERMINED)
			.addPlugin(CloudMapClients::determineRegion)
			.addPlugin(CloudMapClients::hideCredentials)
			.httpClientBuilder(CloudMapHttpClient.builder(CONNECT_TIMEOUT, ATTEMPT_TIMEOUT))
			.overrideConfiguration((configuration) -> {
				configuration.apiCallAttemptTimeout(ATTEMPT_TIMEOUT)
					.apiCallTimeout(CALL_TIMEOUT)
					.scheduledExecutorService(timeoutExecutor());
				if (connection.credentials() instanceof SharedSecret secret) {
					configuration.addExecutionInterceptor(secret);
				}
			});
		if (connection.credentials() != null) {
			builder.credentialsProvider(connection.credentials());
		}
		if (connection.endpoint() != null) {
			builder.endpointOverride(connection.endpoint());
		}
		return builder;
	}

	/**
	 * Returns an executor for the SDK's timeouts. The SDK would keep five threads. The
	 * thread of this executor ends when no call is in progress, so that the executor need
	 * not be closed.
	 */
	static ScheduledThreadPoolExecutor timeoutExecutor() {
		ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "discovery-sdk-timeout");
			thread.setDaemon(true);
			return thread;
		});
		executor.setRemoveOnCancelPolicy(true);
		executor.setKeepAliveTime(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS);
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

	/**
	 * Returns a client that sends each request once.
	 * @param endpoint the endpoint
	 * @param region the region's name in signatures
	 * @param credentials the credentials that sign the requests
	 */
	public static ServiceDiscoveryClient withoutRetries(URI endpoint, String region,
			AwsCredentialsProvider credentials) {
		ServiceDiscoveryClientBuilder builder = builder(new CloudMapConnection(endpoint, region, credentials, null));
		return builder.overrideConfiguration(
				builder.overrideConfiguration().toBuilder().retryStrategy(DefaultRetryStrategy.doNotRetry()).build())
			.build();
	}

	/**
	 * Returns the endpoint from the system properties, the environment or the AWS
	 * profile, or null if none of them sets one.
	 */
	public static @Nullable URI configuredEndpoint() {
		CloudMapConnection connection = new CloudMapConnection(null, Region.US_EAST_1.id(),
				AnonymousCredentialsProvider.create(), null);
		try (ServiceDiscoveryClient client = builder(connection).build()) {
			return CloudMapEndpoint.of(client).override();
		}
	}

	/**
	 * Keeps credentials out of log lines and exceptions, at every log level and with
	 * every customization of the client.
	 */
	private static void hideCredentials(SdkServiceClientConfiguration.Builder builder) {
		builder.putAuthScheme(new UnloggedSigner());
		builder.overrideConfiguration(
				builder.overrideConfiguration().toBuilder().addExecutionInterceptor(new RefusedSignatures()).build());
	}

	private static void determineRegion(SdkServiceClientConfiguration.Builder builder) {
		if (builder instanceof ServiceDiscoveryServiceClientConfiguration.Builder client
				&& UNDETERMINED.equals(client.region())) {
			URI endpoint = client.endpointOverride();
			boolean own = new CloudMapEndpoint(endpoint, null).isInAwsDomain();
			client.region(own ? requiredRegion() : regionOfOtherEndpoint());
		}
	}

	private static Region requiredRegion() {
		try {
			return DefaultAwsRegionProviderChain.builder().build().getRegion();
		}
		catch (SdkClientException ex) {
			throw new DiscoveryException(
					"AWS Cloud Map is to be used but no region is known: expected one in"
							+ " discovery.cloud-map.region, AWS_REGION or the AWS profile",
					"Set discovery.cloud-map.region, for example to eu-central-1."
							+ " To use no AWS at all, set discovery.registry=embedded",
					ex);
		}
	}

	/**
	 * Returns the region for an endpoint outside AWS. It does not query the EC2 instance
	 * metadata, because the query would delay an application with an emulator on a
	 * laptop.
	 */
	private static Region regionOfOtherEndpoint() {
		AwsRegionProvider settings = new AwsRegionProviderChain(new SystemSettingsRegionProvider(),
				new AwsProfileRegionProvider());
		try {
			return settings.getRegion();
		}
		catch (SdkClientException ex) {
			return Region.US_EAST_1;
		}
	}

}
