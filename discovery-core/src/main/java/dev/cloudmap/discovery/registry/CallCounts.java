package dev.cloudmap.discovery.registry;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The number of calls to a registry.
 *
 * @param byOperation the calls by the operation's name, in its order, including
 * operations that were never called
 */
public record CallCounts(Map<String, Count> byOperation) {

	/** The counts of a registry that does not count calls. */
	public static final CallCounts NONE = new CallCounts(Map.of());

	public CallCounts {
		byOperation = Collections.unmodifiableMap(new TreeMap<>(byOperation));
	}

	/**
	 * The calls of one operation.
	 * @param operation its name
	 */
	public Count of(String operation) {
		return this.byOperation.getOrDefault(operation, Count.ZERO);
	}

	/**
	 * The calls of one operation.
	 *
	 * @param calls the number of calls, including those that failed
	 * @param failures the number of calls that failed
	 * @param refused the number of calls that the budget did not allow
	 */
	public record Count(long calls, long failures, long refused) {

		static final Count ZERO = new Count(0, 0, 0);

	}

}
