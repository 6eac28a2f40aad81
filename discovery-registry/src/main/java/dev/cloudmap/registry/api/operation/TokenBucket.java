package dev.cloudmap.registry.api.operation;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets so many requests pass at once, and then so many a second. Instead of a number of
 * tokens that someone would have to fill up, it keeps the moment at which the bucket will
 * be full again.
 */
final class TokenBucket {

	private final long nanosPerToken;

	private final long nanosPerBucket;

	private final AtomicLong fullAt;

	/**
	 * Creates a full bucket.
	 * @param rate what it takes
	 * @param now the time, in nanoseconds
	 */
	TokenBucket(Rate rate, long now) {
		this.nanosPerToken = Math.round(TimeUnit.SECONDS.toNanos(1) / rate.perSecond());
		this.nanosPerBucket = this.nanosPerToken * rate.burst();
		this.fullAt = new AtomicLong(now);
	}

	/**
	 * Takes a token.
	 * @param now the time, in nanoseconds
	 * @return whether there was one
	 */
	boolean take(long now) {
		while (true) {
			long before = this.fullAt.get();
			// By differences, for the clock of nanoseconds may overflow.
			long missing = Math.max(0, before - now) + this.nanosPerToken;
			if (missing > this.nanosPerBucket) {
				return false;
			}
			if (this.fullAt.compareAndSet(before, now + missing)) {
				return true;
			}
		}
	}

	/**
	 * What a bucket takes.
	 *
	 * @param perSecond how many requests a second for good
	 * @param burst how many at once after a pause
	 */
	record Rate(double perSecond, int burst) {
	}

}
