package dev.cloudmap.discovery.autoconfigure;

import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClientBuilder;

/**
 * Refines the AWS SDK's Cloud Map client before it is built.
 */
@FunctionalInterface
public interface CloudMapClientCustomizer {

	/**
	 * Customizes the builder.
	 * @param builder the builder, already set up with endpoint, region and time limits;
	 * not null
	 */
	void customize(ServiceDiscoveryClientBuilder builder);

}
