package dev.cloudmap.registry.state;

import java.util.Map;

/**
 * Names one instance among all.
 *
 * @param serviceId the service's id
 * @param instanceId the instance's id, unique in its service
 */
public record InstanceKey(String serviceId, String instanceId) {

	/**
	 * Returns the targets of an operation on the instance.
	 */
	Map<Operation.Target, String> targets() {
		return Map.of(Operation.Target.SERVICE, this.serviceId, Operation.Target.INSTANCE, this.instanceId);
	}

	/**
	 * Returns what excludes other operations on the instance while one lasts.
	 */
	String subject() {
		return "instance %s %s".formatted(this.serviceId, this.instanceId);
	}

}
