package dev.cloudmap.registry.state.model;

/**
 * Identifies an instance in the registry.
 *
 * @param serviceId the id of its service
 * @param instanceId its id, unique within the service
 */
public record InstanceReference(String serviceId, String instanceId) {

}
