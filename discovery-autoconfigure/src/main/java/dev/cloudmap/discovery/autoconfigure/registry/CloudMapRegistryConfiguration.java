package dev.cloudmap.discovery.autoconfigure.registry;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClientBuilder;

import dev.cloudmap.discovery.autoconfigure.TestContexts;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.lookup.ConfiguredServices;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapClients;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapConnection;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;

/**
 * Configuration of AWS Cloud Map as the registry.
 */
@Configuration(proxyBeanMethods = false)
class CloudMapRegistryConfiguration {

	/** The name of the client that is built if the user has none. */
	static final String CLIENT = "cloudMapClient";

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	CloudMapConnection cloudMapConnection(DiscoveryProperties properties, Environment environment,
			ObjectProvider<CloudMapConnectionDetails> details) {
		CloudMapConnectionDetails effective = details
			.getIfAvailable(() -> new PropertiesConnectionDetails(properties, environment));
		return new CloudMapConnection(effective.getEndpoint(), effective.getRegion(), effective.getCredentials(),
				effective.getDnsServers());
	}

	@Bean(CLIENT)
	@Lazy
	@ConditionalOnMissingBean
	ServiceDiscoveryClient cloudMapClient(CloudMapConnection connection,
			ObjectProvider<CloudMapClientCustomizer> customizers) {
		ServiceDiscoveryClientBuilder builder = CloudMapClients.builder(connection);
		customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
		return builder.build();
	}

	@Bean
	@Lazy
	CloudMapRegistryFactory cloudMapRegistryFactory(ServiceDiscoveryClient client, CloudMapConnection connection,
			DiscoveryProperties properties, ConfiguredServices services, WatchClient watchClient,
			Environment environment, ObjectProvider<CloudMapConnectionDetails> details) {
		return new CloudMapRegistryFactory(client, connection, properties.cloudMap(), services, watchClient,
				TestContexts.isMarked(environment), details.getIfAvailable());
	}

	private record PropertiesConnectionDetails(DiscoveryProperties properties,
			Environment environment) implements CloudMapConnectionDetails {

		@Override
		public @Nullable URI getEndpoint() {
			return AwsEndpointSettings.find(this.environment);
		}

		@Override
		public @Nullable String getRegion() {
			return this.properties.cloudMap().region();
		}

	}

}
