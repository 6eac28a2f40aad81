package dev.cloudmap.discovery.autoconfigure;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

import dev.cloudmap.discovery.lookup.dns.DnsTransport;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;

/**
 * Details needed to reach AWS Cloud Map, or something that speaks its API. Where a bean
 * of this type is present, its endpoint, region and credentials are used in place of the
 * {@code discovery.cloud-map} properties, and {@code discovery.registry=auto} chooses
 * Cloud Map.
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
	 * Whether DNS knows the namespaces. Where it does not, as with emulators of AWS,
	 * services are looked up through the API, unless {@code discovery.lookup.mode} is
	 * {@code dns} or {@code discovery.lookup.dns.servers} is set.
	 */
	default boolean hasDns() {
		return true;
	}

	/**
	 * The DNS servers that know the namespaces; null for those of the machine.
	 * {@code discovery.lookup.dns.servers} takes precedence.
	 */
	default @Nullable List<InetSocketAddress> getDnsServers() {
		return null;
	}

	/**
	 * The transport to these DNS servers; null for
	 * {@code discovery.lookup.dns.transport}. Not used where
	 * {@code discovery.lookup.dns.servers} takes precedence.
	 */
	default @Nullable DnsTransport getDnsTransport() {
		return null;
	}

	/**
	 * What registration may create, such as the namespace in a registry that starts
	 * empty; null for {@code discovery.cloud-map.create}.
	 */
	default CreationPolicy.@Nullable Scope getCreate() {
		return null;
	}

	/**
	 * The VPC of a namespace that is created, without which it has no DNS, where
	 * {@code discovery.cloud-map.vpc} is not set.
	 */
	default @Nullable String getVpc() {
		return null;
	}

}
