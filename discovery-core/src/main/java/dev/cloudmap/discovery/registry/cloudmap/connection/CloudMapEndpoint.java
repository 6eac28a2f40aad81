package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.net.URI;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryServiceClientConfiguration;

import dev.cloudmap.discovery.registry.LoopbackHost;

/**
 * The endpoint that a client of Cloud Map calls. A property, the environment, the AWS
 * profile or code can set it.
 *
 * @param override the endpoint; null for the default endpoint of the region
 * @param region the region's name; null if unknown
 */
public record CloudMapEndpoint(@Nullable URI override, @Nullable String region) {

	/**
	 * Cloud Map's public endpoints, including FIPS and dual-stack endpoints. Interface
	 * endpoints of a VPC do not match, because their hosts do not support a prefix.
	 */
	private static final Pattern AWS_HOST = Pattern.compile(
			"servicediscovery[^.]*\\.(.+\\.)?(amazonaws\\.com(\\.cn)?|api\\.aws|api\\.amazonwebservices\\.com\\.cn)");

	private static final Pattern AWS_DOMAIN = Pattern
		.compile(".+\\.(amazonaws\\.com(\\.cn)?|api\\.aws|api\\.amazonwebservices\\.com\\.cn)");

	/**
	 * Returns the endpoint of a client.
	 * @param client the client of Cloud Map
	 */
	public static CloudMapEndpoint of(ServiceDiscoveryClient client) {
		if (client instanceof LoopbackClient loopback) {
			return loopback.endpoint();
		}
		ServiceDiscoveryServiceClientConfiguration configuration = configuration(client);
		if (configuration == null) {
			return new CloudMapEndpoint(null, null);
		}
		Region region = configuration.region();
		return new CloudMapEndpoint(configuration.endpointOverride().orElse(null),
				(region != null) ? region.id() : null);
	}

	/**
	 * Returns the credentials of a client, or null if the client is a custom
	 * implementation or a mock that does not provide them.
	 */
	public static @Nullable IdentityProvider<? extends AwsCredentialsIdentity> credentials(
			ServiceDiscoveryClient client) {
		if (client instanceof LoopbackClient loopback) {
			return loopback.credentials();
		}
		ServiceDiscoveryServiceClientConfiguration configuration = configuration(client);
		return (configuration != null) ? configuration.credentialsProvider() : null;
	}

	@SuppressWarnings("ConstantValue")
	private static @Nullable ServiceDiscoveryServiceClientConfiguration configuration(ServiceDiscoveryClient client) {
		try {
			return client.serviceClientConfiguration();
		}
		catch (UnsupportedOperationException ex) {
			return null;
		}
	}

	/**
	 * Returns whether the client provides its endpoint or region.
	 */
	public boolean isKnown() {
		return this.override != null || this.region != null;
	}

	/**
	 * Returns whether the endpoint is on this machine.
	 */
	public boolean isLoopback() {
		return LoopbackHost.isHostOf(this.override);
	}

	/**
	 * Returns whether this is a public endpoint of AWS. There, {@code DiscoverInstances}
	 * has a separate host with the prefix {@code data-}.
	 */
	public boolean isAws() {
		return this.override == null
				|| (this.override.getHost() != null && AWS_HOST.matcher(this.override.getHost()).matches());
	}

	/**
	 * Returns whether the host is in a domain of AWS, which includes interface endpoints
	 * of a VPC.
	 */
	public boolean isInAwsDomain() {
		return this.override == null
				|| (this.override.getHost() != null && AWS_DOMAIN.matcher(this.override.getHost()).matches());
	}

	/**
	 * Returns the endpoint without credentials, or the region, for messages.
	 */
	public String location() {
		if (this.override == null) {
			return (this.region != null) ? this.region : "an unknown region";
		}
		String userInfo = this.override.getRawUserInfo();
		return (userInfo != null) ? this.override.toString().replace(userInfo + "@", "") : this.override.toString();
	}

	/**
	 * Returns the URI of all operations except those with a host prefix.
	 */
	public URI uri() {
		return (this.override != null) ? this.override
				: URI.create("https://servicediscovery." + this.region + ".amazonaws.com");
	}

}
