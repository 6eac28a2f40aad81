package dev.cloudmap.discovery.loadbalancer.call;

/**
 * How a service is called.
 *
 * @param timeouts how long a call waits; never null
 * @param retry which calls are attempted again; never null
 */
public record CallSettings(CallTimeouts timeouts, RetryPolicy retry) {
}
