package dev.cloudmap.discovery.loadbalancer.call;

/**
 * The settings of a service's calls.
 *
 * @param timeouts the timeouts
 * @param retry the retry policy
 */
public record CallSettings(CallTimeouts timeouts, RetryPolicy retry) {
}
