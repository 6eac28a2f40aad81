package dev.cloudmap.discovery.loadbalancer.outlier;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The recent latency of calls. It rises with a longer one at once, falls slowly with
 * shorter ones, and decays without calls, so that an instance that was slow is chosen
 * again. Lock-free.
 */
final class DecayingLatency {

	/** The time after which about a third is left. */
	private static final double DECAY = Duration.ofSeconds(10).toNanos();

	private final AtomicReference<Sample> last = new AtomicReference<>(new Sample(0, 0));

	/**
	 * A call has ended.
	 * @param nanos its latency
	 * @param now the time in nanoseconds
	 */
	void add(long nanos, long now) {
		Sample known;
		Sample next;
		do {
			known = last();
			double rest = known.rest(now);
			double old = known.nanos() * rest;
			next = new Sample((nanos > old) ? nanos : old + nanos * (1 - rest), now);
		}
		while (!this.last.compareAndSet(known, next));
	}

	/**
	 * The latency in nanoseconds; 0 if it is not known.
	 * @param now the time in nanoseconds
	 */
	double nanos(long now) {
		Sample known = last();
		return (known.nanos() > 0) ? known.nanos() * known.rest(now) : 0;
	}

	private Sample last() {
		return Objects.requireNonNull(this.last.get());
	}

	private record Sample(double nanos, long at) {

		private double rest(long now) {
			return Math.exp(-Math.max(0, now - this.at) / DECAY);
		}

	}

}
