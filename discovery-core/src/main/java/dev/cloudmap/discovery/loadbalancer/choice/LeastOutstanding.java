package dev.cloudmap.discovery.loadbalancer.choice;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;

import dev.cloudmap.discovery.loadbalancer.outlier.Candidate;
import dev.cloudmap.discovery.loadbalancer.outlier.InstanceStatistics;

/**
 * Chooses the one of two random candidates with fewer requests in flight and less latency
 * (power of two choices). The best of all would attract every caller.
 */
final class LeastOutstanding implements Balancing {

	private final IntUnaryOperator random;

	private final LongSupplier ticker;

	/**
	 * Creates the algorithm.
	 * @param random supplies a random number below the given one; thread-safe
	 * @param ticker the monotonic time in nanoseconds
	 */
	LeastOutstanding(IntUnaryOperator random, LongSupplier ticker) {
		this.random = random;
		this.ticker = ticker;
	}

	@Override
	public Candidate choose(Candidate[] among, AtomicInteger turn) {
		if (among.length == 1) {
			return among[0];
		}
		int one = this.random.applyAsInt(among.length);
		int other = this.random.applyAsInt(among.length - 1);
		if (other >= one) {
			other++;
		}
		long now = this.ticker.getAsLong();
		return (cost(among[one], now) <= cost(among[other], now)) ? among[one] : among[other];
	}

	/**
	 * The latency of a call if those in flight were done one after the other. An instance
	 * of unknown latency counts as fast until it has a call in flight.
	 */
	private static double cost(Candidate candidate, long now) {
		InstanceStatistics statistics = candidate.statistics();
		int inFlight = statistics.inFlight(now);
		double latency = statistics.latency(now);
		return (latency > 0 || inFlight == 0) ? latency * (inFlight + 1)
				: (double) InstanceStatistics.UNKNOWN_NANOS * inFlight;
	}

}
