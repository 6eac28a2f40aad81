package dev.cloudmap.discovery.thread;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An exponential back-off with jitter: one second after the first failure, doubling to 30
 * seconds. Immutable.
 *
 * @param base the delay without jitter
 */
public record Backoff(Duration base) {

	private static final Duration FIRST = Duration.ofSeconds(1);

	private static final Duration SLOWEST = Duration.ofSeconds(30);

	/** The maximum jitter in either direction, as a fraction of the delay. */
	private static final double JITTER = 0.1;

	/**
	 * The back-off after the first failure.
	 */
	public static Backoff first() {
		return new Backoff(FIRST);
	}

	/**
	 * The back-off after another failure.
	 */
	public Backoff next() {
		Duration doubled = this.base.multipliedBy(2);
		return new Backoff((doubled.compareTo(SLOWEST) < 0) ? doubled : SLOWEST);
	}

	/**
	 * The delay with jitter.
	 */
	public Duration delay() {
		return jittered(this.base);
	}

	/**
	 * Adds jitter to a minimum delay, which is only lengthened.
	 */
	public static Duration lengthened(Duration delay) {
		double factor = 1 + JITTER * ThreadLocalRandom.current().nextDouble();
		return Duration.ofNanos((long) (delay.toNanos() * factor));
	}

	/**
	 * Adds jitter to a delay in both directions, so that applications that started
	 * together do not stay synchronized.
	 */
	public static Duration jittered(Duration delay) {
		double factor = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
		return Duration.ofNanos((long) (delay.toNanos() * factor));
	}

}
