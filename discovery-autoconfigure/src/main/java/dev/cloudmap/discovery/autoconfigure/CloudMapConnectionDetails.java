package dev.cloudmap.discovery.autoconfigure;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Details needed to reach AWS Cloud Map, or something that speaks its API. A bean of this
 * type takes the place of the {@code discovery.cloud-map} properties.
 */
public interface CloudMapConnectionDetails extends ConnectionDetails {

	/**
	 * The endpoint; null for the region's own.
	 */
	default @Nullable URI getEndpoint() {
		return null;
	}

	/**
	 * The region; null for the one that the AWS SDK finds.
	 */
	default @Nullable String getRegion() {
		return null;
	}

	/**
	 * The credentials; null for those that the AWS SDK finds.
	 */
	default @Nullable AwsCredentialsProvider getCredentials() {
		return null;
	}

	/**
	 * The DNS servers that know the namespaces; null for those of the machine.
	 */
	default @Nullable List<InetSocketAddress> getDnsServers() {
		return null;
	}

}
