package dev.cloudmap.discovery.autoconfigure.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.cloudmap.discovery.actuate.metrics.CatalogMetrics;
import dev.cloudmap.discovery.actuate.metrics.FailureMetrics;
import dev.cloudmap.discovery.actuate.metrics.LookupMetrics;
import dev.cloudmap.discovery.actuate.metrics.RegistrationMetrics;
import dev.cloudmap.discovery.actuate.metrics.RegistryCallMetrics;
import dev.cloudmap.discovery.actuate.metrics.RequestMetrics;
import dev.cloudmap.discovery.actuate.metrics.WatchMetrics;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registration.RegistrationAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the metrics of discovery.
 */
@AutoConfiguration(
		after = { RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class,
				RegistrationAutoConfiguration.class },
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(Registry.class)
public final class DiscoveryMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RegistryCallMetrics registryCallMetrics(Registry registry) {
		return new RegistryCallMetrics(registry);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(RegistrationReconciler.class)
	RegistrationMetrics discoveryRegistrationMetrics(RegistrationReconciler reconciler) {
		return new RegistrationMetrics(reconciler);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(InstanceCatalog.class)
	static class Lookups {

		@Bean
		@ConditionalOnMissingBean
		LookupMetrics discoveryLookupMetrics() {
			return new LookupMetrics();
		}

		/** The catalog depends on its listeners. */
		@Bean
		@ConditionalOnMissingBean
		CatalogMetrics discoveryCatalogMetrics(ObjectProvider<InstanceCatalog> catalog, DiscoveryThreads threads) {
			return new CatalogMetrics(catalog::getObject, threads.timer());
		}

		@Bean
		@ConditionalOnMissingBean
		WatchMetrics discoveryWatchMetrics(ChangeSignal signal) {
			return new WatchMetrics(signal);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(LoadBalancerClientFactory.class)
	@ConditionalOnBean({ MeterRegistry.class, InstanceCatalog.class })
	static class Requests {

		@Bean
		@ConditionalOnMissingBean
		RequestMetrics discoveryRequestMetrics(MeterRegistry meters, InstanceCatalog catalog,
				DiscoveryThreads threads) {
			return new RequestMetrics(meters, catalog, threads.timer(), System::nanoTime);
		}

		@Bean
		@ConditionalOnMissingBean
		FailureMetrics discoveryFailureMetrics(MeterRegistry meters) {
			return new FailureMetrics(meters);
		}

	}

}
