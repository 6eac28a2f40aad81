package dev.cloudmap.discovery.autoconfigure;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClients;
import org.springframework.cloud.loadbalancer.cache.LoadBalancerCacheManager;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;

import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.ServiceList;
import dev.cloudmap.discovery.loadbalancer.CacheEviction;
import dev.cloudmap.discovery.loadbalancer.CatalogLoadBalancerConfiguration;
import dev.cloudmap.discovery.loadbalancer.ConnectFailures;
import dev.cloudmap.discovery.loadbalancer.NoInstances;

/**
 * Auto-configuration of Spring Cloud LoadBalancer: it reads the catalog, no cache of its
 * own holds on to what has changed, and it tells whom it could not reach.
 */
@AutoConfiguration(after = DiscoveryClientAutoConfiguration.class)
@ConditionalOnClass(LoadBalancerClientFactory.class)
@ConditionalOnBean(InstanceCatalog.class)
@ConditionalOnBooleanProperty(name = "spring.cloud.loadbalancer.enabled", matchIfMissing = true)
@LoadBalancerClients(defaultConfiguration = CatalogLoadBalancerConfiguration.class)
public final class DiscoveryLoadBalancerAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean({ Namespaces.class, ServiceList.class })
	NoInstances discoveryNoInstances(Namespaces namespaces, ServiceList services) {
		return new NoInstances(namespaces, services);
	}

	@Bean
	@ConditionalOnMissingBean
	ConnectFailures discoveryConnectFailures(InstanceCatalog catalog) {
		return new ConnectFailures(catalog);
	}

	/**
	 * The caches are no candidates for injection, and the catalog needs its listeners
	 * first: both are looked for when something has changed.
	 */
	@Bean
	@ConditionalOnMissingBean
	CacheEviction discoveryCacheEviction(BeanFactory beans) {
		return new CacheEviction(beans.getBeanProvider(InstanceCatalog.class)::getObject,
				beans.getBeanProvider(LoadBalancerCacheManager.class)::getIfAvailable);
	}

}
