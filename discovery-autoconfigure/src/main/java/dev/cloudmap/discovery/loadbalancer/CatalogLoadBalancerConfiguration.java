package dev.cloudmap.discovery.loadbalancer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.catalog.InstanceCatalog;

/**
 * What each load-balanced service's own context gets from us: its list of instances.
 * Where another configuration of Spring Cloud LoadBalancer is chosen, such as
 * {@code zone-preference}, that one stays in charge and reads the discovery client.
 */
@Configuration(proxyBeanMethods = false)
public class CatalogLoadBalancerConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnProperty(name = "spring.cloud.loadbalancer.configurations", havingValue = "default",
			matchIfMissing = true)
	ServiceInstanceListSupplier catalogServiceInstanceListSupplier(Environment environment, InstanceCatalog catalog,
			ObjectProvider<NoInstances> noInstances) {
		ServiceInstanceListSupplier supplier = new CatalogServiceInstanceListSupplier(
				environment.getRequiredProperty(LoadBalancerClientFactory.PROPERTY_NAME), catalog);
		NoInstances others = noInstances.getIfAvailable();
		return (others != null) ? new RequiredInstances(supplier, others) : supplier;
	}

}
