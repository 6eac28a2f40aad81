package dev.cloudmap.discovery.loadbalancer.choice;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * The algorithms that choose one of several instances.
 */
public enum BalancingAlgorithm {

	/** Each in turn, in proportion to their weights. */
	ROUND_ROBIN,

	/** The one of two random instances with fewer requests in flight and less latency. */
	LEAST_OUTSTANDING;

	/**
	 * Creates the algorithm.
	 * @param ticker the monotonic time in nanoseconds
	 */
	Balancing create(LongSupplier ticker) {
		return switch (this) {
			case ROUND_ROBIN -> (among, turn) -> among[Integer.remainderUnsigned(turn.getAndIncrement(), among.length)];
			case LEAST_OUTSTANDING ->
				new LeastOutstanding((bound) -> ThreadLocalRandom.current().nextInt(bound), ticker);
		};
	}

}
