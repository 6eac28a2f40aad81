package dev.cloudmap.fuzz;

import java.util.Arrays;

/**
 * Checks what has to hold after any input. AssertJ would take longer than most of what is
 * checked.
 */
public final class Check {

	private Check() {
	}

	/**
	 * Fails unless a condition holds.
	 * @param condition the condition
	 * @param message what is wrong if it does not hold
	 * @param details what was found
	 */
	public static void that(boolean condition, String message, Object... details) {
		if (!condition) {
			throw new AssertionError(message + " " + Arrays.toString(details));
		}
	}

}
