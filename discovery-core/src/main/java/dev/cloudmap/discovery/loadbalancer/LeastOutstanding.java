package dev.cloudmap.discovery.loadbalancer;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;

/**
 * Of two that are taken by chance, the one that has less to do and is faster. To look for
 * the best of all would send everybody to the same.
 */
final class LeastOutstanding implements Balancing {

	private final IntUnaryOperator random;

	private final LongSupplier ticker;

	/**
	 * Creates it.
	 * @param random a number by chance, below the given one; used by many threads; not
	 * null
	 * @param ticker the time in nanoseconds; not null
	 */
	LeastOutstanding(IntUnaryOperator random, LongSupplier ticker) {
		this.random = random;
		this.ticker = ticker;
	}

	@Override
	public Candidate choose(Candidate[] among, AtomicInteger turn) {
		return chooseAnother(among);
	}

	@Override
	public Candidate chooseAnother(Candidate[] among) {
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
	 * How long a call would have to wait, if all before it were done one after the other.
	 * One of which nothing is known is fast until it has something to do.
	 */
	private static double cost(Candidate candidate, long now) {
		InstanceStatistics statistics = candidate.statistics();
		int inFlight = statistics.inFlight(now);
		double latency = statistics.latency(now);
		return (latency > 0 || inFlight == 0) ? latency * (inFlight + 1)
				: (double) InstanceStatistics.UNKNOWN_NANOS * inFlight;
	}

}
