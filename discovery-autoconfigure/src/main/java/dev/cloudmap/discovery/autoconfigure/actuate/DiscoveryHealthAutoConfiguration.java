package dev.cloudmap.discovery.autoconfigure.actuate;

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

import dev.cloudmap.discovery.actuate.DiscoveryHealthIndicator;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.loadbalancer.DiscoveryLoadBalancerAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registration.RegistrationAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryChoice;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.registration.DiscoveryRegistration;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registry.Registry;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the discovery health
 * contributor.
 */
@AutoConfiguration(after = { DiscoveryClientAutoConfiguration.class, DiscoveryLoadBalancerAutoConfiguration.class,
		RegistrationAutoConfiguration.class })
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnEnabledHealthIndicator("discovery")
@ConditionalOnBean(InstanceCatalog.class)
public final class DiscoveryHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "discoveryHealthIndicator")
	DiscoveryHealthIndicator discoveryHealthIndicator(Registry registry, RegistryChoice choice, InstanceCatalog catalog,
			ObjectProvider<RegistrationReconciler> reconciler, ObjectProvider<DiscoveryRegistration> registration,
			ObjectProvider<CallStatistics> statistics) {
		DiscoveryRegistration instance = registration.getIfAvailable();
		CallStatistics calls = statistics.getIfAvailable();
		return new DiscoveryHealthIndicator(registry, choice.reason(), catalog, reconciler.getIfAvailable(),
				(instance != null) ? instance::resolution : List::of,
				(calls != null) ? calls::ejections : (service) -> List.of());
	}

}
