package dev.cloudmap.discovery.registry.cloudmap.call;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A token bucket that limits the calls of one application, for all operations together.
 * It protects the quotas and the bill of the AWS account from a defect; an application
 * without a defect does not empty it. A call beyond the budget fails immediately, because
 * a waiting thread would delay other threads. Thread-safe.
 */
public final class CallBudget {

	/** One fifth of the DiscoverInstances quota of an account and Region. */
	static final int PER_SECOND = 200;

	static final int BURST = 1000;

	private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

	private final double perSecond;

	private final int burst;

	private final LongSupplier ticker;

	private double tokens;

	private long filled;

	/**
	 * Creates a full budget.
	 * @param perSecond the sustained number of calls per second
	 * @param burst the maximum number of calls at once
	 * @param ticker supplies the monotonic time in nanoseconds
	 */
	public CallBudget(double perSecond, int burst, LongSupplier ticker) {
		this.perSecond = perSecond;
		this.burst = burst;
		this.ticker = ticker;
		this.tokens = burst;
		this.filled = ticker.getAsLong();
	}

	/**
	 * Takes a token for a call.
	 * @return whether a token was available
	 */
	synchronized boolean take() {
		fill();
		if (this.tokens < 1) {
			return false;
		}
		this.tokens--;
		return true;
	}

	/**
	 * Takes tokens for calls that were already made. If the bucket is empty, the call
	 * takes future tokens, up to the size of one bucket, so that the debt is bounded.
	 */
	synchronized void charge(int calls) {
		fill();
		this.tokens = Math.max(this.tokens - calls, -this.burst);
	}

	private void fill() {
		long now = this.ticker.getAsLong();
		double due = (now - this.filled) / NANOS_PER_SECOND * this.perSecond;
		this.tokens = Math.min(this.tokens + due, this.burst);
		this.filled = now;
	}

}
