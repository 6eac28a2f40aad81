package dev.cloudmap.discovery.loadbalancer.call;

import java.util.Set;

import dev.cloudmap.discovery.loadbalancer.CallOutcome;

/**
 * Which calls that have failed are attempted again, at another instance.
 *
 * @param maxRetries how many times at most
 * @param statuses the HTTP statuses that count as a failure; never null, immutable
 * @param methods the HTTP methods that may be repeated though an instance may have seen
 * the request; never null, immutable
 * @param budget how many retries there are at most for the requests there are; never null
 */
public record RetryPolicy(int maxRetries, Set<Integer> statuses, Set<String> methods, Budget budget) {

	/**
	 * No call is.
	 */
	public static final RetryPolicy NEVER = new RetryPolicy(0, Set.of(), Set.of(), new Budget(0, 0));

	public RetryPolicy {
		statuses = Set.copyOf(statuses);
		methods = Set.copyOf(methods);
	}

	/**
	 * Whether a request that has failed may be sent again. One that never left may.
	 * @param method its method; not null
	 * @param outcome how it failed; not null
	 */
	boolean allows(String method, CallOutcome outcome) {
		return switch (outcome) {
			case NOT_CONNECTED, NOT_SENT -> true;
			case TIMED_OUT, BROKEN -> this.methods.contains(method);
			case ANSWERED, SERVER_ERROR, UNKNOWN -> false;
		};
	}

	/**
	 * Whether a request that was answered may be sent again.
	 * @param method its method; not null
	 * @param status the answer's HTTP status
	 */
	boolean allows(String method, int status) {
		return this.statuses.contains(status) && this.methods.contains(method);
	}

	/**
	 * How many retries there are at most.
	 *
	 * @param ratio as a part of the requests of the last second
	 * @param perSecond and so many more within a second
	 */
	public record Budget(double ratio, int perSecond) {
	}

}
