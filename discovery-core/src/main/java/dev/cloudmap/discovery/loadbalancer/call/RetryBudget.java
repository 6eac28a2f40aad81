package dev.cloudmap.discovery.loadbalancer.call;

import java.time.Duration;

import dev.cloudmap.discovery.loadbalancer.OutcomeWindow;

/**
 * Keeps a service's retries a part of its requests, so that they do not multiply an
 * outage.
 */
final class RetryBudget {

	private static final Duration WINDOW = Duration.ofSeconds(1);

	/** What was sent, and what of it was sent again. */
	private final OutcomeWindow sent = new OutcomeWindow(WINDOW);

	/**
	 * A request is sent for the first time.
	 * @param now the time in nanoseconds
	 */
	void request(long now) {
		this.sent.add(now, 0);
	}

	/**
	 * Whether nothing was sent lately, so that a new budget is the same as this one.
	 * @param now the time in nanoseconds
	 */
	boolean isUnused(long now) {
		return this.sent.counts(now).calls() == 0;
	}

	/**
	 * Takes a retry from the budget. One at a time, so that no two take the last.
	 * @param now the time in nanoseconds
	 * @param budget how much there is; not null
	 * @return false if there is none left
	 */
	synchronized boolean retry(long now, RetryPolicy.Budget budget) {
		OutcomeWindow.Counts counts = this.sent.counts(now);
		long retries = counts.failures();
		long requests = counts.calls() - retries;
		if (retries + 1 > budget.ratio() * requests + budget.perSecond()) {
			return false;
		}
		this.sent.add(now, 1);
		return true;
	}

}
