package dev.cloudmap.discovery.autoconfigure;

import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import dev.cloudmap.discovery.actuate.RegistryCallMetrics;
import dev.cloudmap.discovery.registry.Registry;

/**
 * Auto-configuration of discovery's meters.
 */
@AutoConfiguration(after = RegistryAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(Registry.class)
public final class DiscoveryMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RegistryCallMetrics registryCallMetrics(Registry registry) {
		return new RegistryCallMetrics(registry);
	}

}
