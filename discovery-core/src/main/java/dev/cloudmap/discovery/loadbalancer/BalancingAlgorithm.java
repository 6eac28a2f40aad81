package dev.cloudmap.discovery.loadbalancer;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * How one of several instances is chosen.
 */
public enum BalancingAlgorithm {

	/** One after the other, in proportion to their weights. */
	ROUND_ROBIN,

	/**
	 * Of two taken by chance, the one with fewer requests on their way and shorter
	 * latency.
	 */
	LEAST_OUTSTANDING;

	/**
	 * Begins anew.
	 * @param ticker the time in nanoseconds; not null
	 */
	Balancing create(LongSupplier ticker) {
		return switch (this) {
			case ROUND_ROBIN -> new RoundRobin();
			case LEAST_OUTSTANDING ->
				new LeastOutstanding((bound) -> ThreadLocalRandom.current().nextInt(bound), ticker);
		};
	}

}
