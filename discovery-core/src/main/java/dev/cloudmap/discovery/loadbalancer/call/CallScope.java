package dev.cloudmap.discovery.loadbalancer.call;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.loadbalancer.TriedInstances;
import dev.cloudmap.discovery.loadbalancer.TriedInstances.Sending;

/**
 * Which call a blocking client's thread makes, for who is further down and is handed only
 * an address.
 */
final class CallScope {

	private static final ThreadLocal<@Nullable Call> current = new ThreadLocal<>();

	private CallScope() {
	}

	/**
	 * Does something for a call. A call that another one makes on the same thread, such
	 * as for a token, is its own.
	 */
	static <T> T within(Call call, Sending<T> sending) throws IOException {
		Call outer = current.get();
		current.set(call);
		try {
			return TriedInstances.avoid(call.tried(), sending);
		}
		finally {
			if (outer != null) {
				current.set(outer);
			}
			else {
				current.remove();
			}
		}
	}

	/**
	 * The call that the thread makes; null if it makes none.
	 */
	static @Nullable Call current() {
		return current.get();
	}

}
