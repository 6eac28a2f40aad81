package dev.cloudmap.discovery.registry.cloudmap;

import java.net.URI;
import java.util.function.Consumer;

import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClientBuilder;

import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapClients;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapConnection;

/**
 * Clients of the SDK that do not wait before a retry.
 */
public final class TestClients {

	private TestClients() {
	}

	/**
	 * Returns the builder of a client that retries as often as in production.
	 */
	public static ServiceDiscoveryClientBuilder retryingAtOnce(URI endpoint, AwsCredentialsProvider credentials) {
		return builder(endpoint, credentials, (retries) -> retries.backoffStrategy(BackoffStrategy.retryImmediately())
			.throttlingBackoffStrategy(BackoffStrategy.retryImmediately()));
	}

	public static ServiceDiscoveryClientBuilder retryingAtOnce(URI endpoint) {
		return retryingAtOnce(endpoint, AnonymousCredentialsProvider.create());
	}

	/**
	 * Returns the builder of a client without retries.
	 */
	public static ServiceDiscoveryClientBuilder withoutRetries(URI endpoint, AwsCredentialsProvider credentials) {
		return builder(endpoint, credentials, (retries) -> retries.maxAttempts(1));
	}

	private static ServiceDiscoveryClientBuilder builder(URI endpoint, AwsCredentialsProvider credentials,
			Consumer<RetryStrategy.Builder<?, ?>> retries) {
		ServiceDiscoveryClientBuilder builder = CloudMapClients
			.builder(new CloudMapConnection(endpoint, "us-east-1", credentials, null));
		return builder
			.overrideConfiguration(builder.overrideConfiguration().toBuilder().retryStrategy(retries).build());
	}

}
