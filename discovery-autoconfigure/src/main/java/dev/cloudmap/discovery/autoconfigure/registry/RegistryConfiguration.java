package dev.cloudmap.discovery.autoconfigure.registry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.autoconfigure.consul.ConsulRegistryConfiguration;
import dev.cloudmap.discovery.autoconfigure.consul.ConsulRegistryFactory;
import dev.cloudmap.discovery.registry.Registry;

/**
 * Configuration of the registry. It is chosen when the application runs, not by
 * conditions, which ahead-of-time processing evaluates when the application is built.
 * What only one of the registries needs is created lazily.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(Registry.class)
@Import({ EmbeddedRegistryConfiguration.class, CloudMapRegistryConfiguration.class, ConsulRegistryConfiguration.class })
class RegistryConfiguration {

	@Bean
	Registry discoveryRegistry(RegistryChoice choice, ObjectProvider<EmbeddedRegistryFactory> embedded,
			ObjectProvider<CloudMapRegistryFactory> cloudMap, ObjectProvider<ConsulRegistryFactory> consul) {
		return switch (choice.type()) {
			case EMBEDDED -> embedded.getIfAvailable(() -> {
				throw missing(choice);
			}).create();
			case CLOUD_MAP -> cloudMap.getObject().create();
			case CONSUL -> consul.getObject().create();
			case AUTO -> throw new IllegalStateException("No registry is chosen: " + choice);
		};
	}

	static DiscoveryException missing(RegistryChoice choice) {
		return new DiscoveryException(
				"The embedded registry is selected (" + choice.reason() + ") but is not on the classpath",
				"Add the dependency dev.cloudmap:discovery-registry, or set "
						+ ((choice.source() == RegistryChoice.Source.TEST) ? choice.testSetting()
								: "discovery.registry=cloud-map or consul"),
				null);
	}

}
