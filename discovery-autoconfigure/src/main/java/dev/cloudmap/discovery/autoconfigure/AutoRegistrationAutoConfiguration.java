package dev.cloudmap.discovery.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationAutoConfiguration;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

import dev.cloudmap.discovery.registration.DiscoveryAutoServiceRegistration;
import dev.cloudmap.discovery.registration.DiscoveryRegistration;
import dev.cloudmap.discovery.registration.RegistrationActor;
import dev.cloudmap.discovery.registration.RegistrationEvents;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Auto-configuration of the registration's moment: when the application is ready, until
 * it stops. Without it, as with {@code @EnableDiscoveryClient(autoRegister = false)},
 * registration is by hand.
 */
@AutoConfiguration(after = { RegistrationAutoConfiguration.class, AutoServiceRegistrationAutoConfiguration.class })
@ConditionalOnBean({ RegistrationActor.class, AutoServiceRegistrationProperties.class })
public final class AutoRegistrationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(AutoServiceRegistration.class)
	DiscoveryAutoServiceRegistration discoveryAutoServiceRegistration(ApplicationContext context,
			DiscoveryRegistration registration, RegistrationActor actor, RegistrationEvents events,
			AutoServiceRegistrationProperties autoRegistration, DiscoveryThreads threads,
			DiscoveryProperties properties) {
		return new DiscoveryAutoServiceRegistration(context, registration, actor, autoRegistration, events,
				threads.timer(), properties.registration().drain());
	}

}
