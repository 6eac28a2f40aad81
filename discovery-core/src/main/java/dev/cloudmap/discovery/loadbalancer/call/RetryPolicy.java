package dev.cloudmap.discovery.loadbalancer.call;

import java.util.Set;

import dev.cloudmap.discovery.loadbalancer.outlier.CallOutcome;

/**
 * Decides which failed requests are sent again, to another instance.
 *
 * @param maxRetries the maximum number of retries of a call
 * @param statuses the HTTP statuses that count as a failure
 * @param methods the HTTP methods that can be repeated even if an instance may have
 * received the request
 * @param budget limits the retries of all calls
 */
public record RetryPolicy(int maxRetries, Set<Integer> statuses, Set<String> methods, Budget budget) {

	/** No retries. */
	public static final RetryPolicy NEVER = new RetryPolicy(0, Set.of(), Set.of(), new Budget(0, 0));

	public RetryPolicy {
		statuses = Set.copyOf(statuses);
		methods = Set.copyOf(methods);
	}

	/**
	 * Whether a request that has failed can be sent again. One that was not sent can.
	 * @param method the method
	 * @param outcome the outcome
	 */
	boolean allows(String method, CallOutcome outcome) {
		return switch (outcome) {
			case NOT_CONNECTED, NOT_SENT -> true;
			case TIMED_OUT, BROKEN -> this.methods.contains(method);
			case ANSWERED, SERVER_ERROR, UNKNOWN -> false;
		};
	}

	/**
	 * Whether a request that was answered can be sent again.
	 * @param method the method
	 * @param status the HTTP status of the answer
	 */
	boolean allows(String method, int status) {
		return this.statuses.contains(status) && this.methods.contains(method);
	}

	/**
	 * The maximum number of retries within a second.
	 *
	 * @param ratio the retries allowed per request of the last second
	 * @param perSecond the retries allowed per second on top of that
	 */
	public record Budget(double ratio, int perSecond) {
	}

}
