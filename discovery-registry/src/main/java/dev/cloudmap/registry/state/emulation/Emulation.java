package dev.cloudmap.registry.state.emulation;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

import dev.cloudmap.registry.state.model.Operation;

/**
 * The settings by which the registry emulates the delays and limits of AWS Cloud Map.
 *
 * @param operationDelay the time until an operation takes effect
 * @param healthDelay the time until a reported change of health takes effect
 * @param consistencyDelay the time until lookups see an acknowledged change
 * @param failures the operations that fail, with their error codes
 * @param throttling whether AWS's rate limits apply
 * @param quotas whether AWS's quotas apply
 */
public record Emulation(Duration operationDelay, Duration healthDelay, Duration consistencyDelay,
		Map<Operation.Type, Operation.ErrorCode> failures, boolean throttling, boolean quotas) {

	private static final Duration MAX_DELAY = Duration.ofDays(1);

	/** No delays, failures and limits. */
	public static final Emulation NONE = new Emulation(Duration.ZERO, Duration.ZERO, Duration.ZERO, Map.of(), false,
			false);

	/**
	 * The operation in the example of GetOperation in the API's model takes 40.3 s. AWS
	 * documents no other duration. Changes "generally propagate to all Route 53 name
	 * servers within 60 seconds" (Route 53 Developer Guide, "Editing records").
	 */
	private static final Duration AWS_OPERATION_DELAY = Duration.ofSeconds(40);

	/**
	 * "Cloud Map waits for approximately 30 seconds" (API reference,
	 * HealthCheckCustomConfig).
	 */
	private static final Duration AWS_HEALTH_DELAY = Duration.ofSeconds(30);

	/** AWS documents no delay of lookups after the end of an operation. */
	private static final Duration AWS_CONSISTENCY_DELAY = Duration.ZERO;

	/** The delays and limits that AWS documents. */
	public static final Emulation LIKE_AWS = new Emulation(AWS_OPERATION_DELAY, AWS_HEALTH_DELAY, AWS_CONSISTENCY_DELAY,
			Map.of(), true, true);

	/**
	 * Checks the delays.
	 * @throws IllegalArgumentException if a delay is negative or longer than a day
	 */
	public Emulation {
		checkDelay("operation delay", operationDelay);
		checkDelay("health delay", healthDelay);
		checkDelay("consistency delay", consistencyDelay);
		failures = failures.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(failures));
	}

	/**
	 * Returns these settings with another operation delay.
	 * @param delay a delay of at most a day
	 * @return the changed settings
	 */
	public Emulation withOperationDelay(Duration delay) {
		return new Emulation(delay, this.healthDelay, this.consistencyDelay, this.failures, this.throttling,
				this.quotas);
	}

	/**
	 * Returns these settings with another health delay.
	 * @param delay a delay of at most a day
	 * @return the changed settings
	 */
	public Emulation withHealthDelay(Duration delay) {
		return new Emulation(this.operationDelay, delay, this.consistencyDelay, this.failures, this.throttling,
				this.quotas);
	}

	/**
	 * Returns these settings with another consistency delay.
	 * @param delay a delay of at most a day
	 * @return the changed settings
	 */
	public Emulation withConsistencyDelay(Duration delay) {
		return new Emulation(this.operationDelay, this.healthDelay, delay, this.failures, this.throttling, this.quotas);
	}

	/**
	 * Returns these settings with failing operations of another type.
	 * @param type the type of operations
	 * @param code their error code
	 * @return the changed settings
	 */
	public Emulation withFailure(Operation.Type type, Operation.ErrorCode code) {
		Map<Operation.Type, Operation.ErrorCode> more = new EnumMap<>(Operation.Type.class);
		more.putAll(this.failures);
		more.put(type, code);
		return new Emulation(this.operationDelay, this.healthDelay, this.consistencyDelay, more, this.throttling,
				this.quotas);
	}

	/**
	 * Returns these settings with AWS's rate limits.
	 * @return the changed settings
	 */
	public Emulation withThrottling() {
		return new Emulation(this.operationDelay, this.healthDelay, this.consistencyDelay, this.failures, true,
				this.quotas);
	}

	/**
	 * Returns these settings with AWS's quotas.
	 * @return the changed settings
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
