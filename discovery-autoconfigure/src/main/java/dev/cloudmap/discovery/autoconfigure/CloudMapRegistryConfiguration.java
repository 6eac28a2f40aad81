package dev.cloudmap.discovery.autoconfigure;

import java.net.URI;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClientBuilder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.RegistryType;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.cloudmap.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapClients;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapConnection;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapRegistry;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;
import dev.cloudmap.discovery.registry.cloudmap.WatchClient;

/**
 * AWS Cloud Map.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(Registry.class)
@ConditionalOnRegistry(RegistryType.CLOUD_MAP)
class CloudMapRegistryConfiguration {

	/** What an endpoint that is not AWS's own is told where no region is set. */
	private static final String REGION_OF_OTHER_ENDPOINTS = "us-east-1";

	@Bean
	@ConditionalOnMissingBean
	CloudMapConnection cloudMapConnection(DiscoveryProperties properties,
			ObjectProvider<CloudMapConnectionDetails> details) {
		CloudMapConnectionDetails given = details.getIfAvailable(() -> new PropertiesConnectionDetails(properties));
		String region = given.getRegion();
		return new CloudMapConnection(given.getEndpoint(), (region != null) ? region : findRegion(given.getEndpoint()),
				given.getCredentials(), given.getDnsServers());
	}

	@Bean
	@ConditionalOnMissingBean
	ServiceDiscoveryClient cloudMapClient(CloudMapConnection connection,
			ObjectProvider<CloudMapClientCustomizer> customizers) {
		ServiceDiscoveryClientBuilder builder = CloudMapClients.builder(connection);
		customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
		return builder.build();
	}

	@Bean
	CloudMapRegistry cloudMapRegistry(ServiceDiscoveryClient client, CloudMapConnection connection,
			DiscoveryProperties properties, KnownServices services, WatchClient watchClient) {
		RegistryInfo info = new RegistryInfo("cloud-map", connection.location(), null, Set.of());
		return new CloudMapRegistry(client, info,
				new CreationPolicy(properties.cloudMap().create(), properties.cloudMap().vpc()),
				connection.dnsServers(), services::port, CallMeter.withBudget(), watchClient);
	}

	private static String findRegion(@Nullable URI endpoint) {
		if (endpoint != null) {
			return REGION_OF_OTHER_ENDPOINTS;
		}
		try {
			return DefaultAwsRegionProviderChain.builder().build().getRegion().id();
		}
		catch (SdkClientException ex) {
			throw new DiscoveryException(
					"AWS Cloud Map is to be used but no region is known: expected one in"
							+ " discovery.cloud-map.region, AWS_REGION or the AWS profile",
					"Set discovery.cloud-map.region, for example to eu-central-1."
							+ " To use no AWS at all, set discovery.registry=embedded",
					ex);
		}
	}

	private record PropertiesConnectionDetails(DiscoveryProperties properties) implements CloudMapConnectionDetails {

		@Override
		public @Nullable URI getEndpoint() {
			return this.properties.cloudMap().endpoint();
		}

		@Override
		public @Nullable String getRegion() {
			return this.properties.cloudMap().region();
		}

	}

}
