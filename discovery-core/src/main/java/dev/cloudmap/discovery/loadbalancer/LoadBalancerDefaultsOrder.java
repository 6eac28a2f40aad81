package dev.cloudmap.discovery.loadbalancer;

import java.util.ArrayList;
import java.util.Collection;
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
 * Orders those of a user's factory as a post-processor.
 */
public final class LoadBalancerDefaultsOrder implements BeanPostProcessor {

	/** The prefix of Spring Cloud for configurations of all load balancers. */
	static final String DEFAULT = "default.";

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
			factory.setConfigurations(inOrder(factory.getConfigurations().values()));
		}
		return bean;
	}

	/**
	 * Orders specifications. Unchanged if that of this library is missing.
	 * @param specifications all specifications
	 * @return those to use instead
	 */
	public List<LoadBalancerClientSpecification> inOrder(Collection<LoadBalancerClientSpecification> specifications) {
		Set<Class<?>> configurations = new LinkedHashSet<>();
		List<LoadBalancerClientSpecification> ordered = new ArrayList<>();
		LoadBalancerClientSpecification ours = null;
		for (LoadBalancerClientSpecification specification : specifications) {
			if (specification.getName().equals(this.own)) {
				ours = specification;
			}
			else if (specification.getName().startsWith(DEFAULT)) {
				Collections.addAll(configurations, specification.getConfiguration());
				ordered.add(new LoadBalancerClientSpecification(specification.getName(), new Class<?>[0]));
			}
			else {
				ordered.add(specification);
			}
		}
		if (ours == null) {
			return List.copyOf(specifications);
		}
		Collections.addAll(configurations, ours.getConfiguration());
		ordered.add(new LoadBalancerClientSpecification(this.own, configurations.toArray(Class<?>[]::new)));
		return ordered;
	}

}
