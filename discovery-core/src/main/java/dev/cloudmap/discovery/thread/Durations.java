package dev.cloudmap.discovery.thread;

import java.time.Duration;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * What durations a user may set, and which of two is the shorter.
 */
public final class Durations {

	/** The shortest time to wait for anyone, and before asking again. */
	public static final Duration SHORTEST = Duration.ofMillis(50);

	private Durations() {
	}

	/**
	 * Refuses a duration that is shorter than {@link #SHORTEST}.
	 * @param property the property that sets it
	 * @param duration the duration
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
