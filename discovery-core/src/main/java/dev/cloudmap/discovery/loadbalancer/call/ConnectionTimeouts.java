package dev.cloudmap.discovery.loadbalancer.call;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.thread.Durations;

/**
 * The timeouts of a client library's connections, of at least a millisecond, since many
 * libraries take 0 for no timeout.
 *
 * @param connect how long to wait for a connection; null without limit
 * @param read how long to wait for data; null without limit
 */
public record ConnectionTimeouts(@Nullable Duration connect, @Nullable Duration read) {

	private static final Duration SHORTEST = Duration.ofMillis(1);

	private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

	public ConnectionTimeouts {
		connect = bounded(connect);
		read = bounded(read);
	}

	/**
	 * The timeouts of a service. A library has one read timeout for the answer and for
	 * more of it: the shorter one of the service's is taken.
	 */
	static ConnectionTimeouts of(CallTimeouts timeouts) {
		Duration request = timeouts.request();
		Duration idle = timeouts.idle();
		Duration read = (request != null && idle != null) ? Durations.shorter(request, idle)
				: ((request != null) ? request : idle);
		return new ConnectionTimeouts(timeouts.connect(), read);
	}

	/**
	 * The same for a library whose reads are ended in another way.
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
