package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * The connection to Cloud Map: endpoint, region, credentials and DNS servers.
 *
 * @param endpoint the endpoint; null for the endpoint in the SDK's own settings, or else
 * the endpoint of the region
 * @param region the region's name, such as {@code eu-central-1}; null for the region in
 * the SDK's own settings
 * @param credentials the credentials; null for the SDK's default provider chain
 * @param dnsServers the DNS servers that resolve the namespaces; null for the DNS servers
 * of the machine
 */
public record CloudMapConnection(@Nullable URI endpoint, @Nullable String region,
		@Nullable AwsCredentialsProvider credentials, @Nullable List<InetSocketAddress> dnsServers) {

}
