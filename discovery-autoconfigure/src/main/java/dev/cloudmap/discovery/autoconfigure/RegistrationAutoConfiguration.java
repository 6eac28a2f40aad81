package dev.cloudmap.discovery.autoconfigure;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.client.serviceregistry.RegistrationLifecycle;
import org.springframework.cloud.client.serviceregistry.ServiceRegistryAutoConfiguration;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Import;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.Registration;
import dev.cloudmap.discovery.lifecycle.ServingContext;
import dev.cloudmap.discovery.registration.AwsPlatform;
import dev.cloudmap.discovery.registration.DiscoveryRegistration;
import dev.cloudmap.discovery.registration.DiscoveryServiceRegistry;
import dev.cloudmap.discovery.registration.EcsIncumbent;
import dev.cloudmap.discovery.registration.EcsMetadata;
import dev.cloudmap.discovery.registration.HostChain;
import dev.cloudmap.discovery.registration.Incumbent;
import dev.cloudmap.discovery.registration.InstanceHealth;
import dev.cloudmap.discovery.registration.InstanceRegistrationFactory;
import dev.cloudmap.discovery.registration.MetadataChangeListener;
import dev.cloudmap.discovery.registration.RegistrationActor;
import dev.cloudmap.discovery.registration.RegistrationCustomizer;
import dev.cloudmap.discovery.registration.RegistrationEvents;
import dev.cloudmap.discovery.registration.RegistrationSettings;
import dev.cloudmap.discovery.registration.ServerPort;
import dev.cloudmap.discovery.registration.UnhealthyPolicy;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.discovery.thread.Durations;

/**
 * Auto-configuration of this application's registration. What Spring Cloud knows but one
 * of is a fallback, so that an application can be registered elsewhere too, as while it
 * moves from one registry to another. An application is registered once: a context whose
 * parent has the registration leaves it to that.
 */
@AutoConfiguration(after = { RegistryAutoConfiguration.class, UtilAutoConfiguration.class },
		before = ServiceRegistryAutoConfiguration.class)
@ConditionalOnDiscovery
@ConditionalOnBooleanProperty(name = { "discovery.registration.enabled", "spring.cloud.service-registry.enabled" },
		matchIfMissing = true)
@ConditionalOnMissingBean(ServingContext.class)
@Import(InstanceConfiguration.class)
public final class RegistrationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RegistrationSettings registrationSettings(Environment environment, Namespace namespace,
			DiscoveryProperties properties, ServingContext serving) {
		Supplier<@Nullable ServiceName> service = () -> {
			String name = serving.environment()
				.getProperty("spring.application.name", environment.getProperty("spring.application.name", ""));
			return name.isBlank() ? null : new ServiceName(namespace, name);
		};
		// an invalid name is an error at the start
		var unused = service.get();
		Registration registration = properties.registration();
		return new RegistrationSettings(service, registration.instanceId(),
				new ServiceDefinition(registration.recordTypes(), registration.ttl()), registration.lease());
	}

	@Bean
	@Fallback
	@ConditionalOnMissingBean
	DiscoveryRegistration discoveryRegistration(RegistrationSettings settings, ServerPort port, HostChain hosts,
			ObjectProvider<RegistrationCustomizer> customizers, ObjectProvider<AwsPlatform> platform,
			ServingContext serving) {
		ResolvableType type = ResolvableType.forClass(RegistrationCustomizer.class);
		return new DiscoveryRegistration(new InstanceRegistrationFactory(settings, port, hosts,
				() -> serving.beans(customizers, type), platform.getIfAvailable()));
	}

	@Bean
	ServingContext registrationServingContext(ApplicationContext context, ServerPort port) {
		return new ServingContext(context, port);
	}

	@Bean
	RegistrationEvents registrationEvents(ServingContext serving,
			ObjectProvider<RegistrationLifecycle<DiscoveryRegistration>> lifecycles, DiscoveryRegistration registration,
			DiscoveryThreads threads) {
		ResolvableType type = ResolvableType.forClassWithGenerics(RegistrationLifecycle.class,
				DiscoveryRegistration.class);
		return new RegistrationEvents((event) -> serving.get().publishEvent(event),
				() -> serving.beans(lifecycles, type), registration, threads.listeners());
	}

	@Bean
	@ConditionalOnMissingBean(Incumbent.class)
	@ConditionalOnBean(EcsMetadata.class)
	EcsIncumbent ecsIncumbent(Registry registry, EcsMetadata ecs) {
		return new EcsIncumbent(registry, ecs);
	}

	@Bean
	RegistrationActor registrationActor(Registry registry, DiscoveryThreads threads, RegistrationSettings settings,
			DiscoveryProperties properties, ObjectProvider<Incumbent> incumbent, RegistrationEvents events,
			DiscoveryRegistration instance) {
		Registration registration = properties.registration();
		UnhealthyPolicy policy = new UnhealthyPolicy(registration.health().action(),
				registration.health().deregisterAfter());
		Durations.requireLongEnough("discovery.registration.reconcile", registration.reconcile());
		RegistrationActor actor = RegistrationActor.of(registry, settings.lease(), registration.reconcile(),
				incumbent.getIfAvailable(), policy, threads.registration(), threads.timer(), events::changed);
		instance.onMetadataChange(() -> {
			// the actor says what goes wrong, and tries again
			var unused = actor.update();
		});
		return actor;
	}

	@Bean
	InstanceHealth instanceHealth(RegistrationActor actor) {
		return new InstanceHealth(actor::report);
	}

	@Bean
	@Fallback
	@ConditionalOnMissingBean
	DiscoveryServiceRegistry discoveryServiceRegistry(RegistrationActor actor, InstanceHealth health) {
		return new DiscoveryServiceRegistry(actor, health);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(EnvironmentChangeEvent.class)
	static class Refresh {

		@Bean
		MetadataChangeListener metadataChangeListener(RegistrationActor actor) {
			return new MetadataChangeListener(InstanceConfiguration.METADATA, actor);
		}

	}

}
