package dev.cloudmap.discovery.autoconfigure.loadbalancer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.loadbalancer.core.ReactorLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.cloud.loadbalancer.support.LoadBalancerEnvironmentPropertyUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import reactor.core.scheduler.Schedulers;

import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.client.OtherDiscoveryClients;
import dev.cloudmap.discovery.loadbalancer.CatalogLoadBalancer;
import dev.cloudmap.discovery.loadbalancer.CatalogServiceInstanceListSupplier;
import dev.cloudmap.discovery.loadbalancer.call.NoInstancesDiagnosis;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;

/**
 * Configuration of the child context of each load-balanced service: the list of instances
 * and the load balancer. If another configuration of Spring Cloud LoadBalancer is
 * selected, such as {@code zone-preference}, that one applies and reads the discovery
 * client.
 */
@Configuration(proxyBeanMethods = false)
public class CatalogLoadBalancerConfiguration {

	@Bean
	@ConditionalOnMissingBean(ServiceInstanceListSupplier.class)
	@Conditional(OnDefaultConfiguration.class)
	CatalogServiceInstanceListSupplier catalogServiceInstanceListSupplier(Environment environment,
			InstanceCatalog catalog, OtherDiscoveryClients others) {
		return new CatalogServiceInstanceListSupplier(serviceId(environment), catalog, others,
				Schedulers.boundedElastic());
	}

	/** Supports the catalog's list only. */
	@Bean
	@ConditionalOnMissingBean(ReactorLoadBalancer.class)
	@ConditionalOnBean(CatalogServiceInstanceListSupplier.class)
	CatalogLoadBalancer catalogLoadBalancer(Environment environment, InstanceCatalog catalog, CallStatistics statistics,
			ObjectProvider<NoInstancesDiagnosis> noInstances, OtherDiscoveryClients others) {
		return new CatalogLoadBalancer(serviceId(environment), catalog, statistics, noInstances.getIfAvailable(),
				others);
	}

	private static String serviceId(Environment environment) {
		return environment.getRequiredProperty(LoadBalancerClientFactory.PROPERTY_NAME);
	}

	/**
	 * Matches unless the service or all services have another configuration.
	 */
	static final class OnDefaultConfiguration implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return LoadBalancerEnvironmentPropertyUtils.equalToOrMissingForClientOrDefault(context.getEnvironment(),
					"configurations", "default");
		}

	}

}
