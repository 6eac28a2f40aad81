package dev.cloudmap.discovery.registry.cloudmap;

import java.net.URI;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryServiceClientConfiguration;

import dev.cloudmap.discovery.registry.LoopbackHost;

/**
 * The endpoint that a client of Cloud Map calls, whatever it was set by: a property, the
 * environment, the AWS profile or code.
 *
 * @param override the endpoint; null for the region's own
 * @param region the region's name; null if the client does not say it
 */
public record CloudMapEndpoint(@Nullable URI override, @Nullable String region) {

	/**
	 * Cloud Map's own endpoints, also those for FIPS and dual stack. Interface endpoints
	 * of a VPC are not among them: their hosts take no prefix.
	 */
	private static final Pattern AWS_HOST = Pattern.compile(
			"servicediscovery[^.]*\\.(.+\\.)?(amazonaws\\.com(\\.cn)?|api\\.aws|api\\.amazonwebservices\\.com\\.cn)");

	private static final Pattern AWS_DOMAIN = Pattern
		.compile(".+\\.(amazonaws\\.com(\\.cn)?|api\\.aws|api\\.amazonwebservices\\.com\\.cn)");

	/**
	 * The endpoint of a client.
	 * @param client the client
	 */
	public static CloudMapEndpoint of(ServiceDiscoveryClient client) {
		ServiceDiscoveryServiceClientConfiguration configuration = configuration(client);
		if (configuration == null) {
			return new CloudMapEndpoint(null, null);
		}
		Region region = configuration.region();
		return new CloudMapEndpoint(configuration.endpointOverride().orElse(null),
				(region != null) ? region.id() : null);
	}

	/**
	 * What a client was built with; null for an implementation of the user's own, or a
	 * mock, that does not say it.
	 */
	@SuppressWarnings("ConstantValue")
	static @Nullable ServiceDiscoveryServiceClientConfiguration configuration(ServiceDiscoveryClient client) {
		try {
			return client.serviceClientConfiguration();
		}
		catch (UnsupportedOperationException ex) {
			return null;
		}
	}

	/**
	 * Whether the client has told it.
	 */
	public boolean isKnown() {
		return this.override != null || this.region != null;
	}

	/**
	 * Whether it is on this machine.
	 */
	public boolean isLoopback() {
		return LoopbackHost.isHostOf(this.override);
	}

	/**
	 * Whether it is one of AWS's own, where {@code DiscoverInstances} has a host of its
	 * own that begins with {@code data-}.
	 */
	boolean isAws() {
		return this.override == null
				|| (this.override.getHost() != null && AWS_HOST.matcher(this.override.getHost()).matches());
	}

	/**
	 * Whether it belongs to AWS, be it an interface endpoint of a VPC.
	 */
	boolean isInAwsDomain() {
		return this.override == null
				|| (this.override.getHost() != null && AWS_DOMAIN.matcher(this.override.getHost()).matches());
	}

	/**
	 * Where it is, for people: the endpoint without credentials, or the region.
	 */
	public String location() {
		if (this.override == null) {
			return (this.region != null) ? this.region : "an unknown region";
		}
		String userInfo = this.override.getRawUserInfo();
		return (userInfo != null) ? this.override.toString().replace(userInfo + "@", "") : this.override.toString();
	}

	/**
	 * The URI to which most requests are sent.
	 */
	URI uri() {
		return (this.override != null) ? this.override
				: URI.create("https://servicediscovery." + this.region + ".amazonaws.com");
	}

}
