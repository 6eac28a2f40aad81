package dev.cloudmap.registry.state;

/**
 * Says that the instances of a service, or someone on their behalf, report their health.
 *
 * @param failureThreshold kept for the API's sake: it is always taken as 1
 */
public record CustomHealthCheck(int failureThreshold) {

}
