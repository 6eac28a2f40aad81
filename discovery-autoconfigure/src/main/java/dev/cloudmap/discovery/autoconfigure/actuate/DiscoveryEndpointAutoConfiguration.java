package dev.cloudmap.discovery.autoconfigure.actuate;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.actuate.endpoint.DiscoveryEndpoint;
import dev.cloudmap.discovery.actuate.endpoint.DiscoveryEndpoint.Discovery;
import dev.cloudmap.discovery.actuate.endpoint.DiscoveryEndpoint.OwnRegistration;
import dev.cloudmap.discovery.actuate.endpoint.DiscoveryEndpointWebExtension;
import dev.cloudmap.discovery.actuate.endpoint.DiscoveryInfoContributor;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.loadbalancer.DiscoveryLoadBalancerAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registration.AutoRegistrationAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registration.RegistrationAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryChoice;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.registration.DiscoveryRegistration;
import dev.cloudmap.discovery.registration.DiscoveryServiceRegistry;
import dev.cloudmap.discovery.registration.GracefulDeregistration;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the endpoint {@code discovery}
 * and the info contributor.
 */
@AutoConfiguration(after = { DiscoveryClientAutoConfiguration.class, DiscoveryLoadBalancerAutoConfiguration.class,
		RegistrationAutoConfiguration.class, AutoRegistrationAutoConfiguration.class })
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(InstanceCatalog.class)
public final class DiscoveryEndpointAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnAvailableEndpoint(DiscoveryEndpoint.class)
	@EnableConfigurationProperties(DiscoveryEndpointProperties.class)
	static class EndpointConfiguration {

		@Bean
		@ConditionalOnMissingBean
		DiscoveryEndpoint discoveryEndpoint(Registry registry, Namespace namespace, RegistryChoice choice,
				InstanceCatalog catalog, ObjectProvider<CallStatistics> statistics,
				ObjectProvider<RegistrationReconciler> reconciler, ObjectProvider<DiscoveryRegistration> registration,
				ObjectProvider<DiscoveryServiceRegistry> serviceRegistry,
				ObjectProvider<GracefulDeregistration> deregistration, ObjectProvider<SanitizingFunction> functions,
				DiscoveryEndpointProperties properties, DiscoveryThreads threads) {
			Discovery discovery = new Discovery(registry, namespace, choice.reason(), catalog,
					statistics.getIfAvailable());
			return DiscoveryEndpoint.of(discovery,
					own(reconciler.getIfAvailable(), registration.getIfAvailable(), serviceRegistry.getIfAvailable(),
							deregistration.getIfAvailable()),
					functions.orderedStream().toList(), properties.showValues(), threads.timer());
		}

		private static @Nullable OwnRegistration own(@Nullable RegistrationReconciler reconciler,
				@Nullable DiscoveryRegistration registration, @Nullable DiscoveryServiceRegistry registry,
				@Nullable GracefulDeregistration deregistration) {
			return (reconciler != null && registration != null && registry != null)
					? new OwnRegistration(reconciler, registration, registry, deregistration) : null;
		}

		@Bean
		@ConditionalOnMissingBean
		DiscoveryEndpointWebExtension discoveryEndpointWebExtension(DiscoveryEndpoint endpoint,
				DiscoveryEndpointProperties properties) {
			return new DiscoveryEndpointWebExtension(endpoint, properties.showValues(), properties.roles());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(InfoContributor.class)
	static class InfoConfiguration {

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnEnabledInfoContributor("discovery")
		DiscoveryInfoContributor discoveryInfoContributor(Registry registry, Namespace namespace,
				ObjectProvider<RegistrationReconciler> reconciler) {
			return new DiscoveryInfoContributor(registry, namespace, reconciler.getIfAvailable());
		}

	}

}
