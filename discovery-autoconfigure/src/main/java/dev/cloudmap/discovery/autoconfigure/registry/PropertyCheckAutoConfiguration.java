package dev.cloudmap.discovery.autoconfigure.registry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import dev.cloudmap.discovery.autoconfigure.check.UnknownPropertiesReport;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the check for mistyped
 * properties.
 */
@AutoConfiguration(after = RegistryAutoConfiguration.class)
@ConditionalOnBean(DiscoveryThreads.class)
public final class PropertyCheckAutoConfiguration {

	@Bean
	UnknownPropertiesReport discoveryUnknownPropertiesReport(ConfigurableApplicationContext context,
			DiscoveryThreads threads) {
		return new UnknownPropertiesReport(context, DiscoveryProperties.GROUPS, threads.lookups());
	}

}
