package dev.cloudmap.discovery.loadbalancer;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * How one of several instances is chosen.
 */
public enum BalancingAlgorithm {

	/** One after the other, in proportion to their weights. */
	ROUND_ROBIN(RoundRobin::new),

	/**
	 * Of two taken by chance, the one with fewer requests on their way and shorter
	 * latency.
	 */
	LEAST_OUTSTANDING(() -> new LeastOutstanding(new EachThreadsOwn()));

	private final Supplier<Balancing> factory;

	BalancingAlgorithm(Supplier<Balancing> factory) {
		this.factory = factory;
	}

	Balancing create() {
		return this.factory.get();
	}

	private static final class EachThreadsOwn implements RandomGenerator {

		@Override
		public long nextLong() {
			return ThreadLocalRandom.current().nextLong();
		}

		@Override
		public int nextInt(int bound) {
			return ThreadLocalRandom.current().nextInt(bound);
		}

		@Override
		public double nextDouble() {
			return ThreadLocalRandom.current().nextDouble();
		}

	}

}
