package dev.cloudmap.fuzz;

import java.util.Arrays;

/**
 * Assertions of fuzz targets. They are cheaper than those of AssertJ, which take longer
 * than most of the checked code.
 */
public final class Check {

	private Check() {
	}

	/**
	 * Fails unless a condition holds.
	 * @param condition the condition
	 * @param message the description of the failure
	 * @param details the values that the message of the failure lists
	 */
	public static void that(boolean condition, String message, Object... details) {
		if (!condition) {
			throw new AssertionError(message + " " + Arrays.toString(details));
		}
	}

}
