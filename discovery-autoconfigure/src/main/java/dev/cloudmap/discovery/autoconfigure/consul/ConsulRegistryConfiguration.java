package dev.cloudmap.discovery.autoconfigure.consul;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.lookup.ConfiguredServices;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Configuration of Consul as the registry.
 */
@Configuration(proxyBeanMethods = false)
public class ConsulRegistryConfiguration {

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	ConsulConnection consulConnection(DiscoveryProperties properties, ObjectProvider<ConsulConnectionDetails> details,
			ObjectProvider<SslBundles> bundles) {
		return ConsulConnection.of(properties.consul(),
				details.getIfAvailable(() -> new PropertiesConsulConnectionDetails(properties.consul(),
						(name) -> bundles.getObject().getBundle(name))));
	}

	@Bean
	@Lazy
	ConsulRegistryFactory consulRegistryFactory(ConsulConnection connection, ConfiguredServices services,
			DiscoveryThreads threads) {
		return new ConsulRegistryFactory(connection, services, threads);
	}

}
