package dev.cloudmap.discovery.registry;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often a registry was called.
 *
 * @param byOperation the calls by the operation's name, ordered by it; those that were
 * never called are there too; never null, immutable
 */
public record CallCounts(Map<String, Count> byOperation) {

	/** Of a registry that counts nothing. */
	public static final CallCounts NONE = new CallCounts(Map.of());

	public CallCounts {
		byOperation = Collections.unmodifiableMap(new TreeMap<>(byOperation));
	}

	/**
	 * The calls of one operation.
	 * @param operation its name; not null
	 */
	public Count of(String operation) {
		return this.byOperation.getOrDefault(operation, Count.ZERO);
	}

	/**
	 * The calls of one operation.
	 *
	 * @param calls how many were made, those that failed among them
	 * @param failures how many of them failed
	 * @param refused how many were not made, for the budget did not allow it
	 */
	public record Count(long calls, long failures, long refused) {

		static final Count ZERO = new Count(0, 0, 0);

	}

}
