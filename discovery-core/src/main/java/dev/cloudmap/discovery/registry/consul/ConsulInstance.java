package dev.cloudmap.discovery.registry.consul;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.registry.LookupFilter;

/**
 * An instance in an answer of Consul.
 *
 * @param instance the instance
 * @param maintenance whether it or its node is in maintenance mode, so that it must not
 * be called
 */
record ConsulInstance(Instance instance, boolean maintenance) {

	/**
	 * Returns the instances that match a filter. Among them, those that also have the
	 * optional attributes are preferred. If unhealthy instances are returned because none
	 * is healthy, those in maintenance mode are not.
	 */
	static List<Instance> filter(Collection<ConsulInstance> all, LookupFilter filter) {
		boolean callable = filter.health() == LookupFilter.Health.HEALTHY_OR_ELSE_ALL;
		List<ConsulInstance> matching = select(all, (found) -> !(callable && found.maintenance())
				&& found.has(filter.query()) && found.hasTag(filter.tag()));
		List<ConsulInstance> preferred = select(matching, (found) -> found.has(filter.optional()));
		return withHealth(preferred.isEmpty() ? matching : preferred, filter.health()).stream()
			.map(ConsulInstance::instance)
			.toList();
	}

	private static List<ConsulInstance> withHealth(List<ConsulInstance> instances, LookupFilter.Health health) {
		List<ConsulInstance> healthy = select(instances, ConsulInstance::isHealthy);
		return switch (health) {
			case HEALTHY -> healthy;
			case UNHEALTHY -> select(instances, (found) -> !found.isHealthy());
			case ALL -> instances;
			case HEALTHY_OR_ELSE_ALL -> healthy.isEmpty() ? instances : healthy;
		};
	}

	private static List<ConsulInstance> select(Collection<ConsulInstance> instances,
			Predicate<ConsulInstance> condition) {
		return instances.stream().filter(condition).toList();
	}

	private boolean has(Map<String, String> attributes) {
		return this.instance.attributes().entrySet().containsAll(attributes.entrySet());
	}

	private boolean hasTag(@Nullable String tag) {
		return tag == null
				|| InstanceAttributes.splitTags(this.instance.attributes().getOrDefault(InstanceAttributes.TAGS, ""))
					.contains(tag);
	}

	private boolean isHealthy() {
		return this.instance.health() == HealthStatus.HEALTHY;
	}

}
