package dev.cloudmap.discovery.registry.cloudmap;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many calls of each operation may be made: a bucket of tokens for each, which fills
 * at its rate. What goes beyond is refused at once, for a thread that waited would hold
 * up others.
 */
final class CallBudget {

	private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

	private final LongSupplier ticker;

	private final Map<CloudMapOperation, Bucket> buckets = new EnumMap<>(CloudMapOperation.class);

	/**
	 * Creates a budget of which nothing is spent.
	 * @param ticker tells the time in nanoseconds
	 */
	CallBudget(LongSupplier ticker) {
		this.ticker = ticker;
		long now = ticker.getAsLong();
		for (CloudMapOperation operation : CloudMapOperation.values()) {
			this.buckets.put(operation, new Bucket(operation, now));
		}
	}

	/**
	 * Takes a token for a call.
	 * @return whether there was one
	 */
	boolean take(CloudMapOperation operation) {
		return bucket(operation).take(this.ticker.getAsLong());
	}

	/**
	 * Takes tokens for calls that were made without asking, from those that are still to
	 * come if need be.
	 */
	void charge(CloudMapOperation operation, int calls) {
		bucket(operation).charge(calls, this.ticker.getAsLong());
	}

	private Bucket bucket(CloudMapOperation operation) {
		Bucket bucket = this.buckets.get(operation);
		if (bucket == null) {
			throw new IllegalStateException("No budget for " + operation);
		}
		return bucket;
	}

	private static final class Bucket {

		private final CloudMapOperation operation;

		private double tokens;

		private long filled;

		private Bucket(CloudMapOperation operation, long now) {
			this.operation = operation;
			this.tokens = operation.burst();
			this.filled = now;
		}

		private synchronized boolean take(long now) {
			fill(now);
			if (this.tokens < 1) {
				return false;
			}
			this.tokens--;
			return true;
		}

		/** No more than one bucket into debt, so that there is an end to it. */
		private synchronized void charge(int calls, long now) {
			fill(now);
			this.tokens = Math.max(this.tokens - calls, -this.operation.burst());
		}

		private void fill(long now) {
			double due = (now - this.filled) / NANOS_PER_SECOND * this.operation.perSecond();
			this.tokens = Math.min(this.tokens + due, this.operation.burst());
			this.filled = now;
		}

	}

}
