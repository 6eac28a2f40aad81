package dev.cloudmap.discovery.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.client.serviceregistry.RegistrationLifecycle;
import org.springframework.cloud.client.serviceregistry.ServiceRegistryAutoConfiguration;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.Registration;
import dev.cloudmap.discovery.registration.AwsPlatform;
import dev.cloudmap.discovery.registration.DiscoveryRegistration;
import dev.cloudmap.discovery.registration.DiscoveryServiceRegistry;
import dev.cloudmap.discovery.registration.HostChain;
import dev.cloudmap.discovery.registration.InstanceRegistrationFactory;
import dev.cloudmap.discovery.registration.RegistrationActor;
import dev.cloudmap.discovery.registration.RegistrationCustomizer;
import dev.cloudmap.discovery.registration.RegistrationEvents;
import dev.cloudmap.discovery.registration.RegistrationSettings;
import dev.cloudmap.discovery.registration.ServerPort;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Auto-configuration of this application's registration.
 */
@AutoConfiguration(after = { RegistryAutoConfiguration.class, UtilAutoConfiguration.class },
		before = ServiceRegistryAutoConfiguration.class)
@ConditionalOnDiscovery
@ConditionalOnBooleanProperty(name = { "discovery.registration.enabled", "spring.cloud.service-registry.enabled" },
		matchIfMissing = true)
@Import(InstanceConfiguration.class)
public final class RegistrationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RegistrationSettings registrationSettings(Environment environment, Namespace namespace,
			DiscoveryProperties properties) {
		String name = environment.getProperty("spring.application.name");
		ServiceName service = (name != null && !name.isBlank()) ? new ServiceName(namespace, name) : null;
		Registration registration = properties.registration();
		return new RegistrationSettings(service, registration.instanceId(),
				new ServiceDefinition(registration.recordTypes(), registration.ttl()), registration.lease());
	}

	@Bean
	@ConditionalOnMissingBean
	DiscoveryRegistration discoveryRegistration(RegistrationSettings settings, Registry registry, ServerPort port,
			HostChain hosts, ObjectProvider<RegistrationCustomizer> customizers, ObjectProvider<AwsPlatform> platform) {
		return new DiscoveryRegistration(new InstanceRegistrationFactory(settings, registry, port, hosts,
				customizers.orderedStream().toList(), platform.getIfAvailable()));
	}

	@Bean
	RegistrationEvents registrationEvents(ApplicationEventPublisher publisher,
			ObjectProvider<RegistrationLifecycle<DiscoveryRegistration>> lifecycles,
			DiscoveryRegistration registration) {
		return new RegistrationEvents(publisher, lifecycles, registration);
	}

	@Bean
	RegistrationActor registrationActor(Registry registry, DiscoveryThreads threads, RegistrationSettings settings,
			RegistrationEvents events) {
		return new RegistrationActor(registry, threads.registration(), threads.timer(), settings.lease(),
				events::afterRegistration);
	}

	@Bean
	@ConditionalOnMissingBean
	DiscoveryServiceRegistry discoveryServiceRegistry(RegistrationActor actor) {
		return new DiscoveryServiceRegistry(actor);
	}

}
