package dev.cloudmap.discovery.autoconfigure.registry;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;

/**
 * Details required to establish a connection to AWS Cloud Map, or to a server that
 * implements its API. If a bean of this type is present, its endpoint, region and
 * credentials replace the {@code discovery.cloud-map} properties, and
 * {@code discovery.registry=auto} selects Cloud Map.
 */
public interface CloudMapConnectionDetails extends ConnectionDetails {

	/**
	 * Returns the endpoint; null for the endpoint of the region.
	 */
	default @Nullable URI getEndpoint() {
		return null;
	}

	/**
	 * Returns the region; null for the region that the AWS SDK finds.
	 */
	default @Nullable String getRegion() {
		return null;
	}

	/**
	 * Returns the credentials; null for those that the AWS SDK finds.
	 */
	default @Nullable AwsCredentialsProvider getCredentials() {
		return null;
	}

	/**
	 * Whether the namespaces have DNS. Without DNS, as with emulators of AWS, services
	 * are looked up through the API, unless {@code discovery.lookup.mode} is {@code dns}
	 * or {@code discovery.lookup.dns.servers} is set.
	 */
	default boolean hasDns() {
		return true;
	}

	/**
	 * Returns the DNS servers that serve the namespaces; null for those of the machine.
	 * {@code discovery.lookup.dns.servers} takes precedence.
	 */
	default @Nullable List<InetSocketAddress> getDnsServers() {
		return null;
	}

	/**
	 * Returns the transport to these DNS servers; null for
	 * {@code discovery.lookup.dns.transport}. Not used if
	 * {@code discovery.lookup.dns.servers} takes precedence.
	 */
	default @Nullable DnsTransport getDnsTransport() {
		return null;
	}

	/**
	 * Returns what registration may create, such as the namespace in a registry that
	 * starts empty; null for {@code discovery.cloud-map.create}.
	 */
	default CreationPolicy.@Nullable Scope getCreate() {
		return null;
	}

	/**
	 * Returns the VPC of a namespace that is created, if {@code discovery.cloud-map.vpc}
	 * is not set; null for a namespace without DNS.
	 */
	default @Nullable String getVpc() {
		return null;
	}

}
