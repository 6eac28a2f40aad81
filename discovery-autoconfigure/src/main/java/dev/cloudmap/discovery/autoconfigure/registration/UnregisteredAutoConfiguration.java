package dev.cloudmap.discovery.autoconfigure.registration;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.GenericApplicationListener;

import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.catalog.InstanceCatalog;

/**
 * Auto-configuration of an application that calls others and is not registered itself.
 */
@AutoConfiguration(after = { DiscoveryClientAutoConfiguration.class, AutoRegistrationAutoConfiguration.class })
@ConditionalOnBean(InstanceCatalog.class)
@ConditionalOnMissingBean(AutoServiceRegistration.class)
public final class UnregisteredAutoConfiguration {

	/**
	 * Publishes the event of a registration, for which Spring Cloud's own health
	 * indicator waits.
	 */
	@Bean
	GenericApplicationListener discoveryAnnouncement(ApplicationContext context) {
		return GenericApplicationListener.forEventType(ApplicationReadyEvent.class, (event) -> {
			if (event.getApplicationContext() == context) {
				context.publishEvent(new InstanceRegisteredEvent<>(this, context.getId()));
			}
		});
	}

}
