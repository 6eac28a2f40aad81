package dev.cloudmap.discovery.thread;

import java.time.Duration;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * Validates and compares durations.
 */
public final class Durations {

	/** The minimum of timeouts and intervals. */
	public static final Duration SHORTEST = Duration.ofMillis(50);

	private Durations() {
	}

	/**
	 * Rejects a duration that is shorter than {@link #SHORTEST}.
	 * @param property the property that sets it
	 * @throws DiscoveryException if it is too short
	 */
	public static void requireLongEnough(String property, Duration duration) {
		if (duration.compareTo(SHORTEST) < 0) {
			throw new DiscoveryException(
					property + " is " + duration.toMillis() + "ms: expected " + SHORTEST.toMillis() + "ms or more",
					"Correct " + property, null);
		}
	}

	/**
	 * The shorter of two durations.
	 */
	public static Duration shorter(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

}
