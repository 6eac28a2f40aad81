package dev.cloudmap.registry.state.emulation;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

import dev.cloudmap.registry.state.model.Operation;

/**
 * In how far the registry is as slow, as late and as unhelpful as the real service can
 * be. All of it is off by default, and for tests to switch on.
 *
 * @param operationDelay how long an operation takes until it has an effect
 * @param healthDelay how long a reported change of health takes until it has an effect
 * @param consistencyDelay how long look-ups, through the API and through DNS, lag behind
 * what was acknowledged
 * @param failures the operations that end with FAIL, and the code they give for it
 * @param throttling whether requests beyond the real service's rates are refused
 * @param quotas whether the real service's quotas hold
 */
public record Emulation(Duration operationDelay, Duration healthDelay, Duration consistencyDelay,
		Map<Operation.Type, Operation.ErrorCode> failures, boolean throttling, boolean quotas) {

	private static final Duration MAX_DELAY = Duration.ofDays(1);

	/** A registry that does everything at once and as often as asked. */
	public static final Emulation NONE = new Emulation(Duration.ZERO, Duration.ZERO, Duration.ZERO, Map.of(), false,
			false);

	/**
	 * How long an operation takes on AWS: the one of GetOperation's example in the API's
	 * model, the only one that AWS's documents show, takes 40.3 s to create a namespace.
	 * That keeps within the 60 s in which changes "generally propagate to all Route 53
	 * name servers" (Route 53 Developer Guide, "Editing records").
	 */
	private static final Duration AWS_OPERATION_DELAY = Duration.ofSeconds(40);

	/**
	 * How long a reported change of health takes on AWS: "Cloud Map waits for
	 * approximately 30 seconds" (API reference, HealthCheckCustomConfig).
	 */
	private static final Duration AWS_HEALTH_DELAY = Duration.ofSeconds(30);

	/**
	 * How long look-ups lag on AWS behind an operation that has ended. AWS documents no
	 * value.
	 */
	private static final Duration AWS_CONSISTENCY_DELAY = Duration.ZERO;

	/** A registry as slow, as strict and as often refusing as AWS documents. */
	public static final Emulation LIKE_AWS = new Emulation(AWS_OPERATION_DELAY, AWS_HEALTH_DELAY, AWS_CONSISTENCY_DELAY,
			Map.of(), true, true);

	/**
	 * Checks the delays.
	 * @throws IllegalArgumentException when a delay is negative or longer than a day
	 */
	public Emulation {
		checkDelay("operation delay", operationDelay);
		checkDelay("health delay", healthDelay);
		checkDelay("consistency delay", consistencyDelay);
		failures = failures.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(failures));
	}

	/**
	 * Returns the same with another duration of operations.
	 * @param delay a duration of at most a day
	 * @return the changed emulation
	 * @throws IllegalArgumentException when it is negative or longer than a day
	 */
	public Emulation withOperationDelay(Duration delay) {
		return new Emulation(delay, this.healthDelay, this.consistencyDelay, this.failures, this.throttling,
				this.quotas);
	}

	/**
	 * Returns the same with another delay of changes of health.
	 * @param delay a duration of at most a day; the real service's is about 30 seconds
	 * @return the changed emulation
	 * @throws IllegalArgumentException when it is negative or longer than a day
	 */
	public Emulation withHealthDelay(Duration delay) {
		return new Emulation(this.operationDelay, delay, this.consistencyDelay, this.failures, this.throttling,
				this.quotas);
	}

	/**
	 * Returns the same with another lag of look-ups.
	 * @param delay a duration of at most a day
	 * @return the changed emulation
	 * @throws IllegalArgumentException when it is negative or longer than a day
	 */
	public Emulation withConsistencyDelay(Duration delay) {
		return new Emulation(this.operationDelay, this.healthDelay, delay, this.failures, this.throttling, this.quotas);
	}

	/**
	 * Returns the same with operations of one more type failing.
	 * @param type the operations that fail
	 * @param code the code they give for it
	 * @return the changed emulation
	 */
	public Emulation withFailure(Operation.Type type, Operation.ErrorCode code) {
		Map<Operation.Type, Operation.ErrorCode> more = new EnumMap<>(Operation.Type.class);
		more.putAll(this.failures);
		more.put(type, code);
		return new Emulation(this.operationDelay, this.healthDelay, this.consistencyDelay, more, this.throttling,
				this.quotas);
	}

	/**
	 * Returns the same with the real service's rates enforced.
	 * @return the changed emulation
	 */
	public Emulation withThrottling() {
		return new Emulation(this.operationDelay, this.healthDelay, this.consistencyDelay, this.failures, true,
				this.quotas);
	}

	/**
	 * Returns the same with the real service's quotas enforced.
	 * @return the changed emulation
	 */
	public Emulation withQuotas() {
		return new Emulation(this.operationDelay, this.healthDelay, this.consistencyDelay, this.failures,
				this.throttling, true);
	}

	private static void checkDelay(String name, Duration delay) {
		Objects.requireNonNull(delay, name);
		if (delay.isNegative() || delay.compareTo(MAX_DELAY) > 0) {
			throw new IllegalArgumentException(
					"The %s must be from 0 to %d h, but is %s.".formatted(name, MAX_DELAY.toHours(), delay));
		}
	}

}
