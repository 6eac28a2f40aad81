package dev.cloudmap.discovery.autoconfigure;

import java.util.List;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationAutoConfiguration;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationProperties;
import org.springframework.cloud.client.serviceregistry.RegistrationLifecycle;
import org.springframework.cloud.client.serviceregistry.ServiceRegistryAutoConfiguration;
import org.springframework.cloud.commons.util.InetUtils;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.Registration;
import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.RegistryType;
import dev.cloudmap.discovery.registration.ConfiguredHostResolver;
import dev.cloudmap.discovery.registration.DiscoveryAutoServiceRegistration;
import dev.cloudmap.discovery.registration.DiscoveryRegistration;
import dev.cloudmap.discovery.registration.DiscoveryServiceRegistry;
import dev.cloudmap.discovery.registration.EcsMetadata;
import dev.cloudmap.discovery.registration.HostResolver;
import dev.cloudmap.discovery.registration.InetUtilsHostResolver;
import dev.cloudmap.discovery.registration.InstanceRegistrationFactory;
import dev.cloudmap.discovery.registration.LoopbackHostResolver;
import dev.cloudmap.discovery.registration.RegistrationActor;
import dev.cloudmap.discovery.registration.RegistrationCustomizer;
import dev.cloudmap.discovery.registration.RegistrationEvents;
import dev.cloudmap.discovery.registration.RegistrationSettings;
import dev.cloudmap.discovery.registration.ServerPort;
import dev.cloudmap.discovery.registration.WebServerPortListener;
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
public final class RegistrationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RegistrationSettings registrationSettings(Environment environment, Namespace namespace,
			DiscoveryProperties properties) {
		String name = environment.getProperty("spring.application.name");
		ServiceName service = (name != null && !name.isBlank()) ? new ServiceName(namespace, name) : null;
		Registration registration = properties.registration();
		return new RegistrationSettings(service, registration.instanceId(), registration.metadata(),
				new ServiceDefinition(registration.recordTypes(), registration.ttl()), registration.lease());
	}

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	ConfiguredHostResolver configuredHostResolver(DiscoveryProperties properties) {
		return new ConfiguredHostResolver("discovery.registration.host", properties.registration().host());
	}

	@Bean
	@ConditionalOnProperty(EcsMetadata.METADATA_URI)
	EcsMetadata ecsMetadata(Environment environment) {
		return new EcsMetadata(environment.getRequiredProperty(EcsMetadata.METADATA_URI));
	}

	/**
	 * Comes last, so that the application's own resolvers are asked first.
	 */
	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	HostResolver automaticHostResolver(Environment environment, RegistryChoice choice, ObjectProvider<EcsMetadata> ecs,
			InetUtils inetUtils) {
		HostResolver ofMachine = (choice.type() == RegistryType.EMBEDDED) ? new LoopbackHostResolver()
				: new InetUtilsHostResolver(inetUtils);
		HostResolver ofServer = new ConfiguredHostResolver("server.address", environment.getProperty("server.address"));
		EcsMetadata task = ecs.getIfAvailable();
		HostResolver ofTask = (task != null) ? task::host : () -> null;
		return HostResolver.firstOf(List.of(ofTask, ofServer, ofMachine));
	}

	@Bean
	ServerPort serverPort(DiscoveryProperties properties) {
		Integer port = properties.registration().port();
		return new ServerPort((port != null) ? OptionalInt.of(port) : OptionalInt.empty());
	}

	@Bean
	@ConditionalOnMissingBean
	DiscoveryRegistration discoveryRegistration(RegistrationSettings settings, Registry registry, ServerPort port,
			ObjectProvider<HostResolver> hostResolvers, ObjectProvider<RegistrationCustomizer> customizers,
			ObjectProvider<EcsMetadata> ecs) {
		return new DiscoveryRegistration(new InstanceRegistrationFactory(settings, registry, port,
				hostResolvers.orderedStream().toList(), customizers.orderedStream().toList(), ecs.getIfAvailable()));
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
		return new RegistrationActor(registry, threads.registration(), threads.timer(), settings.leaseToRenew(),
				events::afterRegistration);
	}

	@Bean
	@ConditionalOnMissingBean
	DiscoveryServiceRegistry discoveryServiceRegistry(RegistrationActor actor) {
		return new DiscoveryServiceRegistry(actor);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(WebServerInitializedEvent.class)
	static class WebServer {

		@Bean
		WebServerPortListener webServerPortListener(ServerPort port) {
			return new WebServerPortListener(port);
		}

		/**
		 * Tells callers that look up through the API to use HTTPS.
		 */
		@Bean
		RegistrationCustomizer secureRegistrationCustomizer(Environment environment) {
			Ssl ssl = Binder.get(environment).bind("server.ssl", Ssl.class).orElse(null);
			return (attributes) -> {
				if (Ssl.isEnabled(ssl)) {
					attributes.putIfAbsent(InstanceAttributes.SECURE, "true");
				}
			};
		}

	}

}
