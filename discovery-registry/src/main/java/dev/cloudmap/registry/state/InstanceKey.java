package dev.cloudmap.registry.state;

/**
 * Names one instance among all.
 *
 * @param serviceId the service's id
 * @param instanceId the instance's id, unique in its service
 */
public record InstanceKey(String serviceId, String instanceId) {

}
