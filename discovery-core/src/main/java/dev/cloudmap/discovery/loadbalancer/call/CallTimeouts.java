package dev.cloudmap.discovery.loadbalancer.call;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.thread.Durations;

/**
 * The timeouts of a call. Null means no limit.
 *
 * @param connect the time to connect
 * @param request the time until the response's status and headers, from the beginning of
 * the call and over all its attempts
 * @param idle the time to wait for more of the response's body
 */
public record CallTimeouts(@Nullable Duration connect, @Nullable Duration request, @Nullable Duration idle) {

	/**
	 * The shorter of two timeouts.
	 */
	public static @Nullable Duration shorter(@Nullable Duration one, @Nullable Duration other) {
		if (one == null || other == null) {
			return (one != null) ? one : other;
		}
		return Durations.shorter(one, other);
	}

}
