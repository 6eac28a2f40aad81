package dev.cloudmap.discovery.registry.cloudmap;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * Where Cloud Map is and who asks.
 *
 * @param endpoint the endpoint; null for the one that the SDK finds in its own settings,
 * else the one of the region
 * @param region the region's name, such as {@code eu-central-1}; null for the one that
 * the SDK finds
 * @param credentials who asks; null for the SDK's default chain
 * @param dnsServers the DNS servers that know the namespaces; null where those of the
 * machine do
 */
public record CloudMapConnection(@Nullable URI endpoint, @Nullable String region,
		@Nullable AwsCredentialsProvider credentials, @Nullable List<InetSocketAddress> dnsServers) {

}
