package dev.cloudmap.registry.state.model;

/**
 * A custom health check: clients report the health of the instances.
 *
 * @param failureThreshold always 1, as in Cloud Map
 */
public record CustomHealthCheck(int failureThreshold) {

}
