package dev.cloudmap.discovery.registry.cloudmap;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many calls one application may make, of all operations together: a token bucket
 * that protects the account's quotas and bill from a defect, and that no application
 * without one empties. What goes beyond is refused at once, for a thread that waited
 * would hold up others. Thread-safe.
 */
final class CallBudget {

	/** A fifth of the quota of an account and Region for DiscoverInstances. */
	static final int PER_SECOND = 200;

	static final int BURST = 1000;

	private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

	private final double perSecond;

	private final int burst;

	private final LongSupplier ticker;

	private double tokens;

	private long filled;

	/**
	 * Creates a budget of which nothing is spent.
	 * @param perSecond how many calls a second are allowed in the long run
	 * @param burst how many calls are allowed at once
	 * @param ticker tells the time in nanoseconds
	 */
	CallBudget(double perSecond, int burst, LongSupplier ticker) {
		this.perSecond = perSecond;
		this.burst = burst;
		this.ticker = ticker;
		this.tokens = burst;
		this.filled = ticker.getAsLong();
	}

	/**
	 * The budget of an application.
	 */
	static CallBudget ofApplication() {
		return new CallBudget(PER_SECOND, BURST, System::nanoTime);
	}

	/**
	 * Takes a token for a call.
	 * @return whether there was one
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
	 * Takes tokens for calls that were made without asking, from those that are still to
	 * come if need be: no more than one bucket, so that there is an end to it.
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
