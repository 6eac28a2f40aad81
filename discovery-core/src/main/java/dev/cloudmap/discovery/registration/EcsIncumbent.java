package dev.cloudmap.discovery.registration;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.Registry;

/**
 * The instance that Amazon ECS has registered for this task, where its service has
 * {@code serviceRegistries}: its id is the task's, and it has the attributes that ECS
 * writes but no lease, which this library always writes.
 */
public final class EcsIncumbent implements Incumbent {

	/** Of these ECS writes at least one. */
	private static final List<String> ATTRIBUTES_OF_ECS = List.of("ECS_SERVICE_NAME", "ECS_CLUSTER_NAME",
			"ECS_TASK_DEFINITION_FAMILY");

	private final Registry registry;

	private final EcsMetadata metadata;

	/**
	 * Creates the finder.
	 * @param registry where to look; not null
	 * @param metadata knows the task; not null
	 */
	public EcsIncumbent(Registry registry, EcsMetadata metadata) {
		this.registry = registry;
		this.metadata = metadata;
	}

	@Override
	public @Nullable String instanceId(ServiceName service) {
		String taskId = this.metadata.task().id();
		return this.registry.attributes(service, taskId).filter(EcsIncumbent::isOfEcs).isPresent() ? taskId : null;
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
