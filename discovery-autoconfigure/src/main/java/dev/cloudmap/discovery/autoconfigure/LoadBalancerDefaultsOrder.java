package dev.cloudmap.discovery.autoconfigure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClientSpecification;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;

/**
 * Puts what users set for all load balancers before what we do, which is only for those
 * who set nothing. Spring Cloud takes default configurations in the order of a hash
 * table: so ours is made to hold all of them, in the right order, and the others nothing.
 */
final class LoadBalancerDefaultsOrder implements BeanPostProcessor {

	/** As Spring Cloud calls the configurations for all load balancers. */
	private static final String DEFAULT = "default.";

	private static final String OURS = DEFAULT + DiscoveryLoadBalancerAutoConfiguration.class.getName();

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof LoadBalancerClientFactory factory) {
			LoadBalancerClientSpecification ours = factory.getConfigurations().get(OURS);
			if (ours != null) {
				factory.setConfigurations(inOrder(factory, ours));
			}
		}
		return bean;
	}

	private static List<LoadBalancerClientSpecification> inOrder(LoadBalancerClientFactory factory,
			LoadBalancerClientSpecification ours) {
		Set<Class<?>> configurations = new LinkedHashSet<>();
		List<LoadBalancerClientSpecification> specifications = new ArrayList<>();
		factory.getConfigurations().forEach((name, specification) -> {
			if (name.startsWith(DEFAULT) && !name.equals(OURS)) {
				Collections.addAll(configurations, specification.getConfiguration());
				specifications.add(new LoadBalancerClientSpecification(name, new Class<?>[0]));
			}
		});
		Collections.addAll(configurations, ours.getConfiguration());
		specifications.add(new LoadBalancerClientSpecification(OURS, configurations.toArray(Class<?>[]::new)));
		return specifications;
	}

}
