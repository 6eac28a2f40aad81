package dev.cloudmap.discovery.loadbalancer.outlier;

import java.util.concurrent.atomic.AtomicLong;

/**
 * An estimate of the median latency. A single long call moves it no more than any other.
 * Lock-free.
 */
final class UsualLatency {

	/** A call moves the estimate by one part in so many. */
	private static final int STEP = 8;

	private final AtomicLong nanos = new AtomicLong();

	/**
	 * A call was answered.
	 * @param nanos its latency
	 */
	void add(long nanos) {
		this.nanos.updateAndGet((known) -> {
			if (known == 0) {
				return Math.max(1, nanos);
			}
			long step = known / STEP + 1;
			return (nanos > known) ? Math.min(nanos, known + step) : Math.max(Math.max(1, nanos), known - step);
		});
	}

	/**
	 * The estimate in nanoseconds; 0 if no call was answered.
	 */
	long nanos() {
		return this.nanos.get();
	}

}
