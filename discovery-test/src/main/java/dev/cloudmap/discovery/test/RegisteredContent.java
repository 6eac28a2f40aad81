package dev.cloudmap.discovery.test;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.model.AttributeNames;
import dev.cloudmap.registry.state.model.HealthStatus;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;

/**
 * A snapshot of the content of one namespace.
 *
 * @param namespace the namespace's name
 * @param services its services, sorted by name
 */
record RegisteredContent(String namespace, List<ServiceState> services) {

	static RegisteredContent of(RegistrySnapshot snapshot, String name) {
		Namespace namespace = snapshot.findNamespaceByHttpName(name);
		return new RegisteredContent(name,
				(namespace == null) ? List.of()
						: snapshot.servicesOf(namespace.id())
							.stream()
							.sorted(Comparator.comparing((state) -> state.service().name()))
							.toList());
	}

	@Nullable ServiceState service(String name) {
		return this.services.stream()
			.filter((state) -> state.service().name().equalsIgnoreCase(name))
			.findFirst()
			.orElse(null);
	}

	@Nullable Instance instance(String service, String id) {
		ServiceState state = service(service);
		return (state != null) ? state.instances().get(id) : null;
	}

	/**
	 * Returns the instances of a service; empty if it does not exist.
	 */
	List<Instance> instances(String service) {
		ServiceState state = service(service);
		return (state == null) ? List.of()
				: state.instances().values().stream().sorted(Comparator.comparing(Instance::id)).toList();
	}

	/**
	 * Returns the result of a lookup as hosts and ports: the healthy instances, or all if
	 * none is healthy.
	 */
	Set<String> endpoints(String service) {
		List<Instance> all = instances(service);
		List<Instance> healthy = all.stream().filter(RegisteredContent::isHealthy).toList();
		return (healthy.isEmpty() ? all : healthy).stream()
			.map((instance) -> instance.attributes().get(AttributeNames.IPV4) + ":"
					+ instance.attributes().get(AttributeNames.PORT))
			.collect(Collectors.toSet());
	}

	/**
	 * As for lookups, an instance without a health check is healthy.
	 */
	static boolean isHealthy(Instance instance) {
		return instance.health() != HealthStatus.UNHEALTHY;
	}

	/**
	 * Describes the content for failure messages.
	 */
	String describe() {
		if (this.services.isEmpty()) {
			return "Namespace '%s' has no services.".formatted(this.namespace);
		}
		return "Namespace '%s' has:".formatted(this.namespace)
				+ this.services.stream().map((state) -> describe(state.service().name())).collect(Collectors.joining());
	}

	private String describe(String service) {
		List<Instance> instances = instances(service);
		return "%n  service '%s' with %s".formatted(service, instances.isEmpty() ? "no instances" : "instances")
				+ instances.stream().map(RegisteredContent::describe).collect(Collectors.joining());
	}

	private static String describe(Instance instance) {
		return "%n    '%s' %s at %s:%s, attributes %s".formatted(instance.id(), instance.health(),
				instance.attributes().get(AttributeNames.IPV4), instance.attributes().get(AttributeNames.PORT),
				new TreeMap<>(instance.attributes()));
	}

}
