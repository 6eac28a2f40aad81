package dev.cloudmap.discovery.autoconfigure.registry;

import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClientBuilder;

/**
 * Callback that customizes the AWS SDK's Cloud Map client before it is built.
 */
@FunctionalInterface
public interface CloudMapClientCustomizer {

	/**
	 * Customizes the builder.
	 * @param builder the builder, with endpoint, region and timeouts already set
	 */
	void customize(ServiceDiscoveryClientBuilder builder);

}
