package dev.cloudmap.discovery.autoconfigure.registry;

import java.net.URI;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClientBuilder;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.autoconfigure.TestContexts;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.CloudMap;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.RegistryType;
import dev.cloudmap.discovery.lookup.ConfiguredServices;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapRegistry;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;
import dev.cloudmap.discovery.registry.cloudmap.NamespaceChoice;
import dev.cloudmap.discovery.registry.cloudmap.NamespaceChoice.Strictness;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapClients;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapConnection;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapEndpoint;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;

/**
 * Configuration of AWS Cloud Map as the registry.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(Registry.class)
@ConditionalOnRegistry(RegistryType.CLOUD_MAP)
class CloudMapRegistryConfiguration {

	@Bean
	@ConditionalOnMissingBean
	CloudMapConnection cloudMapConnection(DiscoveryProperties properties, Environment environment,
			ObjectProvider<CloudMapConnectionDetails> details) {
		CloudMapConnectionDetails effective = details
			.getIfAvailable(() -> new PropertiesConnectionDetails(properties, environment));
		return new CloudMapConnection(effective.getEndpoint(), effective.getRegion(), effective.getCredentials(),
				effective.getDnsServers());
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
			DiscoveryProperties properties, ConfiguredServices services, WatchClient watchClient,
			Environment environment, ObjectProvider<CloudMapConnectionDetails> details) {
		CloudMapEndpoint configured = CloudMapEndpoint.of(client);
		if (TestContexts.isMarked(environment) && configured.isKnown() && configured.override() == null
				&& details.stream().findAny().isEmpty()) {
			throw new DiscoveryException(
					"A test does not use AWS, but the ServiceDiscoveryClient bean calls AWS Cloud Map in "
							+ configured.location(),
					"Set an endpointOverride on that client, or set discovery.registry=embedded in the test", null);
		}
		CloudMapEndpoint endpoint = configured.isKnown() ? configured
				: new CloudMapEndpoint(connection.endpoint(), connection.region());
		RegistryInfo info = new RegistryInfo("cloud-map", endpoint.location(), null, Set.of());
		return new CloudMapRegistry(client, info, creation(properties.cloudMap(), details.getIfAvailable()),
				connection.dnsServers(), services::port, new CallMeter(() -> true), watchClient);
	}

	private static CreationPolicy creation(CloudMap settings, @Nullable CloudMapConnectionDetails details) {
		CreationPolicy.Scope scope = (details != null) ? details.getCreate() : null;
		String vpc = settings.vpc();
		if (vpc == null && details != null) {
			vpc = details.getVpc();
		}
		return new CreationPolicy((scope != null) ? scope : settings.create(), vpc,
				new NamespaceChoice(settings.namespaceIds(), settings.vpc(), Strictness.REQUIRED));
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
