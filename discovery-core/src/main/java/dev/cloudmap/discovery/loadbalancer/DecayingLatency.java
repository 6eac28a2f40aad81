package dev.cloudmap.discovery.loadbalancer;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How long calls take, as the last seconds have shown: a longer one counts at once,
 * shorter ones bit by bit, and when there are none it falls, so that an instance that was
 * slow is tried again. Takes no lock.
 */
final class DecayingLatency {

	/** After which time a third of what was is left. */
	private static final double DECAY = Duration.ofSeconds(10).toNanos();

	private final AtomicReference<Sample> last = new AtomicReference<>(new Sample(0, 0));

	/**
	 * A call has ended.
	 * @param nanos how long it took
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
	 * How long a call may take, in nanoseconds; 0 if nothing is known.
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
