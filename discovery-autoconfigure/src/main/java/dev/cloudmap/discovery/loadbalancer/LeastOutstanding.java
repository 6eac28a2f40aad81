package dev.cloudmap.discovery.loadbalancer;

import java.util.random.RandomGenerator;

/**
 * Of two that are taken by chance, the one that has less to do and is faster. To look for
 * the best of all would send everybody to the same.
 */
final class LeastOutstanding implements Balancing {

	private final RandomGenerator random;

	/**
	 * Creates it.
	 * @param random the chance; used by many threads; not null
	 */
	LeastOutstanding(RandomGenerator random) {
		this.random = random;
	}

	@Override
	public Candidate choose(Candidate[] among, long now) {
		if (among.length == 1) {
			return among[0];
		}
		int one = this.random.nextInt(among.length);
		int other = this.random.nextInt(among.length - 1);
		if (other >= one) {
			other++;
		}
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
		return (latency > 0 || inFlight == 0) ? latency * (inFlight + 1) : UNKNOWN_NANOS * inFlight;
	}

	/** As how long a call counts of an instance that has answered none. */
	private static final double UNKNOWN_NANOS = 1e9;

}
