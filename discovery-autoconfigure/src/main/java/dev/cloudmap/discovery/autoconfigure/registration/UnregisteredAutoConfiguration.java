package dev.cloudmap.discovery.autoconfigure.registration;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.lifecycle.DiscoveryAnnouncement;

/**
 * Auto-configuration of an application that calls others and is not registered itself.
 */
@AutoConfiguration(after = { DiscoveryClientAutoConfiguration.class, AutoRegistrationAutoConfiguration.class })
@ConditionalOnBean(InstanceCatalog.class)
@ConditionalOnMissingBean(AutoServiceRegistration.class)
public final class UnregisteredAutoConfiguration {

	@Bean
	DiscoveryAnnouncement discoveryAnnouncement(ApplicationContext context) {
		return new DiscoveryAnnouncement(context);
	}

}
