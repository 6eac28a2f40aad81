package dev.cloudmap.discovery.registry.watch;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A query that a registry answers when its result differs from that at an index, or when
 * a wait is over. The protocol is that of Consul's blocking queries
 * (https://developer.hashicorp.com/consul/api-docs/features/blocking); the wire format is
 * the implementation's.
 *
 * @param <T> the type of the result
 */
@FunctionalInterface
public interface BlockingQuery<T> {

	/** The index of a first query, which is answered at once with the whole result. */
	long NO_INDEX = 0;

	/**
	 * Sends the query. Does not block and does not throw.
	 * @param index the index of the last answer, or {@link #NO_INDEX}
	 * @param wait how long the registry may wait for a change; zero for an answer at once
	 * @return the answer, or a {@link BlockingQueryException}. If the caller completes or
	 * cancels it, the query is aborted
	 */
	CompletableFuture<Answer<T>> send(long index, Duration wait);

	/**
	 * An answer.
	 *
	 * @param index the index of the result
	 * @param result the result
	 * @param <T> the type of the result
	 */
	record Answer<T>(long index, T result) {
	}

}
