package dev.cloudmap.discovery.loadbalancer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClientSpecification;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;

/**
 * Orders the configurations that apply to all load balancers: those of users come before
 * that of this library, which is a default. Spring Cloud keeps them in a hash table and
 * applies them in its order. Therefore the specification of this library is replaced by
 * one that contains all configurations in the right order, and the others become empty.
 */
public final class LoadBalancerDefaultsOrder implements BeanPostProcessor {

	/** The prefix of Spring Cloud for configurations of all load balancers. */
	private static final String DEFAULT = "default.";

	private final String own;

	/**
	 * Creates the post-processor.
	 * @param declaring the class of this library that declares its default configuration
	 */
	public LoadBalancerDefaultsOrder(Class<?> declaring) {
		this.own = DEFAULT + declaring.getName();
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof LoadBalancerClientFactory factory) {
			LoadBalancerClientSpecification ours = factory.getConfigurations().get(this.own);
			if (ours != null) {
				factory.setConfigurations(inOrder(factory, ours));
			}
		}
		return bean;
	}

	private List<LoadBalancerClientSpecification> inOrder(LoadBalancerClientFactory factory,
			LoadBalancerClientSpecification ours) {
		Set<Class<?>> configurations = new LinkedHashSet<>();
		List<LoadBalancerClientSpecification> specifications = new ArrayList<>();
		factory.getConfigurations().forEach((name, specification) -> {
			if (name.startsWith(DEFAULT) && !name.equals(this.own)) {
				Collections.addAll(configurations, specification.getConfiguration());
				specifications.add(new LoadBalancerClientSpecification(name, new Class<?>[0]));
			}
		});
		Collections.addAll(configurations, ours.getConfiguration());
		specifications.add(new LoadBalancerClientSpecification(this.own, configurations.toArray(Class<?>[]::new)));
		return specifications;
	}

}
