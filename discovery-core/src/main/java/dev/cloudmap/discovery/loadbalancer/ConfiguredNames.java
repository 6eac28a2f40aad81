package dev.cloudmap.discovery.loadbalancer;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Predicate;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClientSpecification;
import org.springframework.cloud.loadbalancer.core.ReactorLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.core.env.Environment;

/**
 * Matches the names whose load balancer may differ from that of this library: names with
 * a {@code @LoadBalancerClient} or another value of
 * {@code spring.cloud.loadbalancer.*.configurations}, and all names if the user has a
 * default configuration or a bean for all of them.
 */
final class ConfiguredNames implements Predicate<String> {

	private static final String PREFIX = "spring.cloud.loadbalancer.";

	private static final String CONFIGURATIONS = "configurations";

	private final Map<String, LoadBalancerClientSpecification> specifications;

	private final Class<?> own;

	private final Environment environment;

	private final ListableBeanFactory beans;

	/**
	 * Creates the predicate.
	 * @param specifications the configurations by name
	 * @param own the default configuration of this library
	 * @param environment the environment
	 * @param beans the beans that all names share
	 */
	ConfiguredNames(Map<String, LoadBalancerClientSpecification> specifications, Class<?> own, Environment environment,
			ListableBeanFactory beans) {
		this.specifications = specifications;
		this.own = own;
		this.environment = environment;
		this.beans = beans;
	}

	@Override
	public boolean test(String name) {
		LoadBalancerClientSpecification specification = this.specifications.get(name);
		return (specification != null && specification.getConfiguration().length > 0) || isConfiguredByProperty(name)
				|| areAllConfigured();
	}

	private boolean isConfiguredByProperty(String name) {
		String configurations = this.environment.getProperty(PREFIX + "clients." + name + "." + CONFIGURATIONS,
				this.environment.getProperty(PREFIX + CONFIGURATIONS, "default"));
		return !configurations.equalsIgnoreCase("default");
	}

	private boolean areAllConfigured() {
		Class<?>[] defaults = this.specifications.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().startsWith(LoadBalancerDefaultsOrder.DEFAULT))
			.flatMap((entry) -> Arrays.stream(entry.getValue().getConfiguration()))
			.toArray(Class<?>[]::new);
		return !Arrays.equals(defaults, new Class<?>[] { this.own }) || has(ReactorLoadBalancer.class)
				|| has(ServiceInstanceListSupplier.class);
	}

	private boolean has(Class<?> type) {
		return BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beans, type, true, false).length > 0;
	}

}
