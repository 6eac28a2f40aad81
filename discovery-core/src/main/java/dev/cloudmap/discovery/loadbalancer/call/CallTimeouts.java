package dev.cloudmap.discovery.loadbalancer.call;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How long a call waits.
 *
 * @param connect for a connection; null without limit
 * @param request for the response's status and headers, from the beginning of the call
 * and over all its attempts; null without limit
 * @param idle for more of the response's body; null without limit
 */
public record CallTimeouts(@Nullable Duration connect, @Nullable Duration request, @Nullable Duration idle) {
}
