package dev.cloudmap.discovery.autoconfigure.registration;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.cloud.client.serviceregistry.RegistrationLifecycle;
import org.springframework.cloud.client.serviceregistry.ServiceRegistryAutoConfiguration;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.ConditionalOnDiscovery;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.Registration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.registration.DiscoveryRegistration;
import dev.cloudmap.discovery.registration.DiscoveryServiceRegistry;
import dev.cloudmap.discovery.registration.RegistrationEvents;
import dev.cloudmap.discovery.registration.ServingContext;
import dev.cloudmap.discovery.registration.aws.AwsPlatform;
import dev.cloudmap.discovery.registration.health.ApplicationHealth;
import dev.cloudmap.discovery.registration.host.HostChain;
import dev.cloudmap.discovery.registration.instance.InstanceRegistrationFactory;
import dev.cloudmap.discovery.registration.instance.RegistrationCustomizer;
import dev.cloudmap.discovery.registration.instance.RegistrationSettings;
import dev.cloudmap.discovery.registration.instance.ServerPort;
import dev.cloudmap.discovery.registration.reconcile.ExternalRegistrar;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.UnhealthyPolicy;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.discovery.thread.Durations;

/**
 * Auto-configuration of this application's registration. Beans of types that Spring Cloud
 * expects once are fallbacks, so that an application can be registered with another
 * registry too. A context whose parent has the registration has none.
 */
@AutoConfiguration(after = { RegistryAutoConfiguration.class, UtilAutoConfiguration.class },
		before = ServiceRegistryAutoConfiguration.class)
@ConditionalOnDiscovery
@ConditionalOnBooleanProperty(name = { "discovery.registration.enabled", "spring.cloud.service-registry.enabled" },
		matchIfMissing = true)
@ConditionalOnMissingBean(ServingContext.class)
@Import(InstanceConfiguration.class)
public final class RegistrationAutoConfiguration {

	private static final boolean WEB_SERVERS = ClassUtils.isPresent(
			"org.springframework.boot.web.server.context.WebServerApplicationContext",
			RegistrationAutoConfiguration.class.getClassLoader());

	@Bean
	@ConditionalOnMissingBean
	RegistrationSettings registrationSettings(Environment environment, Namespace namespace,
			DiscoveryProperties properties, ServingContext serving) {
		String configured = properties.registration().service();
		Supplier<@Nullable ServiceName> service = (configured != null && !configured.isBlank())
				? configured(namespace, configured.trim()) : () -> {
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

	private static Supplier<@Nullable ServiceName> configured(Namespace namespace, String name) {
		ServiceName service = ServiceName.of(namespace, name, "discovery.registration.service");
		return () -> service;
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
		return new ServingContext(context, port, (own) -> WEB_SERVERS && own instanceof WebServerApplicationContext);
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
	RegistrationReconciler registrationReconciler(Registry registry, DiscoveryThreads threads,
			RegistrationSettings settings, DiscoveryProperties properties,
			ObjectProvider<ExternalRegistrar> externalRegistrar, RegistrationEvents events,
			DiscoveryRegistration instance) {
		Registration registration = properties.registration();
		UnhealthyPolicy policy = new UnhealthyPolicy(registration.health().action(),
				registration.health().deregisterAfter());
		Durations.requireLongEnough("discovery.registration.reconcile", registration.reconcile());
		RegistrationReconciler reconciler = new RegistrationReconciler(registry, settings.lease(),
				registration.reconcile(), externalRegistrar.getIfAvailable(), policy, threads.registration(),
				threads.timer(), events::changed);
		instance.onMetadataChange(() -> {
			// the reconciler logs and repeats what fails
			var unused = reconciler.update();
		});
		return reconciler;
	}

	@Bean
	ApplicationHealth applicationHealth(RegistrationReconciler reconciler) {
		return new ApplicationHealth(reconciler::report);
	}

	@Bean
	@Fallback
	@ConditionalOnMissingBean
	DiscoveryServiceRegistry discoveryServiceRegistry(RegistrationReconciler reconciler, ApplicationHealth health) {
		return new DiscoveryServiceRegistry(reconciler, health);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(EnvironmentChangeEvent.class)
	static class Refresh {

		/**
		 * Updates the registry when metadata of this application change while it runs.
		 */
		@Bean
		GenericApplicationListener metadataChangeListener(RegistrationReconciler reconciler) {
			return GenericApplicationListener.forEventType(EnvironmentChangeEvent.class, (event) -> {
				if (event.getKeys().stream().anyMatch((key) -> key.startsWith(InstanceConfiguration.METADATA))) {
					// the reconciler logs and repeats what fails
					var unused = reconciler.update();
				}
			});
		}

	}

}
