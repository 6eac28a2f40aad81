package dev.cloudmap.discovery.thread;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before something that failed is tried again: one second at first,
 * doubling to half a minute, so that a registry that comes back is not met by everyone at
 * once.
 *
 * @param base the delay before chance has moved it
 */
public record Backoff(Duration base) {

	private static final Duration FIRST = Duration.ofSeconds(1);

	private static final Duration SLOWEST = Duration.ofSeconds(30);

	/** How far, as a fraction, chance moves a delay either way. */
	private static final double JITTER = 0.1;

	/**
	 * The delay after a first failure.
	 */
	public static Backoff first() {
		return new Backoff(FIRST);
	}

	/**
	 * The delay after one more failure.
	 */
	public Backoff next() {
		Duration doubled = this.base.multipliedBy(2);
		return new Backoff((doubled.compareTo(SLOWEST) < 0) ? doubled : SLOWEST);
	}

	/**
	 * The delay, moved a little by chance.
	 */
	public Duration delay() {
		return jittered(this.base);
	}

	/**
	 * Lengthens a delay a little by chance, where it is the least that is allowed.
	 * @param delay the delay
	 */
	public static Duration lengthened(Duration delay) {
		double factor = 1 + JITTER * ThreadLocalRandom.current().nextDouble();
		return Duration.ofNanos((long) (delay.toNanos() * factor));
	}

	/**
	 * Moves a delay a little by chance, so that what was started together does not stay
	 * together.
	 * @param delay the delay
	 */
	public static Duration jittered(Duration delay) {
		double factor = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
		return Duration.ofNanos((long) (delay.toNanos() * factor));
	}

}
