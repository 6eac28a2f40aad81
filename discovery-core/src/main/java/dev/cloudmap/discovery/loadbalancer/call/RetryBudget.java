package dev.cloudmap.discovery.loadbalancer.call;

import java.time.Duration;

import dev.cloudmap.discovery.loadbalancer.outlier.OutcomeWindow;

/**
 * Limits the retries of a service to a part of its requests, so that they do not multiply
 * the load of an outage. Requests of the last second count. A token bucket would save up
 * retries, and spend them at the beginning of an outage.
 */
final class RetryBudget {

	private static final Duration WINDOW = Duration.ofSeconds(1);

	/** The requests, with retries as failures. */
	private final OutcomeWindow sent = new OutcomeWindow(WINDOW);

	/**
	 * Counts a request that is not a retry.
	 * @param now the time in nanoseconds
	 */
	void request(long now) {
		this.sent.add(now, 0);
	}

	/**
	 * Takes a retry from the budget.
	 * @param now the time in nanoseconds
	 * @param budget the limit
	 * @return whether there was one
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
