package dev.cloudmap.registry.api.operation;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket. Its state is the time at which the bucket will be full.
 */
final class TokenBucket {

	private final long nanosPerToken;

	private final long nanosPerBucket;

	private final AtomicLong fullAt;

	/**
	 * Creates a full bucket.
	 * @param rate the rate
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
	 * @return whether a token was available
	 */
	boolean take(long now) {
		while (true) {
			long before = this.fullAt.get();
			// Differences, because the clock can overflow.
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
	 * The rate of a bucket.
	 *
	 * @param perSecond the number of requests per second
	 * @param burst the size of the bucket
	 */
	record Rate(double perSecond, int burst) {
	}

}
