package dev.cloudmap.discovery.loadbalancer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How long calls usually take: about as many take longer as take less. A single one that
 * takes very long moves it no more than any other. Takes no lock.
 */
final class UsualLatency {

	/** A call moves it by one part in so many. */
	private static final int STEP = 8;

	private final AtomicLong nanos = new AtomicLong();

	/**
	 * A call was answered.
	 * @param nanos how long that took
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
	 * How long a call usually takes, in nanoseconds; 0 if none was answered.
	 */
	long nanos() {
		return this.nanos.get();
	}

}
