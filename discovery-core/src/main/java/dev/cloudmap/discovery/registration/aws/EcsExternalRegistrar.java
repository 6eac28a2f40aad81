package dev.cloudmap.discovery.registration.aws;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registration.reconcile.ExternalRegistrar;
import dev.cloudmap.discovery.registry.Registry;

/**
 * Amazon ECS, which registers the tasks of a service with {@code serviceRegistries}. The
 * id of the instance is the task's. It has attributes that ECS writes, but not the lease,
 * which this library always writes.
 *
 * @param registry the registry in which ECS registers the task
 * @param metadata the metadata of the task
 */
public record EcsExternalRegistrar(Registry registry, EcsMetadata metadata) implements ExternalRegistrar {

	/** ECS writes at least one of these. */
	private static final List<String> ATTRIBUTES_OF_ECS = List.of("ECS_SERVICE_NAME", "ECS_CLUSTER_NAME",
			"ECS_TASK_DEFINITION_FAMILY");

	@Override
	public @Nullable String instanceId(ServiceName service) {
		String taskId = this.metadata.task().id();
		return this.registry.attributes(service, taskId).filter(EcsExternalRegistrar::isOfEcs).isPresent() ? taskId
				: null;
	}

	private static boolean isOfEcs(Map<String, String> attributes) {
		return !attributes.containsKey(InstanceAttributes.LEASE)
				&& ATTRIBUTES_OF_ECS.stream().anyMatch(attributes::containsKey);
	}

	@Override
	public String name() {
		return "Amazon ECS";
	}

}
