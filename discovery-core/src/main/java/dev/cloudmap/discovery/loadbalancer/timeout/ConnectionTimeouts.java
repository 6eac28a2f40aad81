package dev.cloudmap.discovery.loadbalancer.timeout;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.loadbalancer.call.CallTimeouts;
import dev.cloudmap.discovery.thread.Durations;

/**
 * The timeouts of a client library's connections, at least a millisecond, since 0 means
 * no timeout for many libraries. Null means no limit.
 *
 * @param connect the time to connect
 * @param read the time to wait for data
 */
public record ConnectionTimeouts(@Nullable Duration connect, @Nullable Duration read) {

	private static final Duration SHORTEST = Duration.ofMillis(1);

	private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

	public ConnectionTimeouts {
		connect = bounded(connect);
		read = bounded(read);
	}

	/**
	 * The timeouts of a call. A library has a single read timeout for the answer and for
	 * more of it: the shorter one of the call.
	 */
	public static ConnectionTimeouts of(CallTimeouts timeouts) {
		return new ConnectionTimeouts(timeouts.connect(), CallTimeouts.shorter(timeouts.request(), timeouts.idle()));
	}

	/**
	 * The same for a library whose reads can be interrupted.
	 */
	public ConnectionTimeouts withoutRead() {
		return new ConnectionTimeouts(this.connect, null);
	}

	private static @Nullable Duration bounded(@Nullable Duration timeout) {
		if (timeout == null) {
			return null;
		}
		return (timeout.compareTo(SHORTEST) < 0) ? SHORTEST : Durations.shorter(timeout, LONGEST);
	}

}
