package dev.cloudmap.discovery.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClients;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;

import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.loadbalancer.CatalogLoadBalancerConfiguration;

/**
 * Auto-configuration of Spring Cloud LoadBalancer: it reads the catalog, and no cache of
 * its own.
 */
@AutoConfiguration(after = DiscoveryClientAutoConfiguration.class)
@ConditionalOnClass(LoadBalancerClientFactory.class)
@ConditionalOnBean(InstanceCatalog.class)
@ConditionalOnBooleanProperty(name = "spring.cloud.loadbalancer.enabled", matchIfMissing = true)
@LoadBalancerClients(defaultConfiguration = CatalogLoadBalancerConfiguration.class)
public final class DiscoveryLoadBalancerAutoConfiguration {

}
