package dev.cloudmap.discovery.loadbalancer;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many calls are on their way. One whose end nobody tells, as Spring Cloud's
 * WebClient does when a call is cancelled, is forgotten within two minutes. Takes no
 * lock.
 */
final class InFlight {

	private static final long EPOCH = Duration.ofMinutes(1).toNanos();

	/** Of this minute and the one before: which it is, and how many have begun in it. */
	private final AtomicLongArray begun = new AtomicLongArray(2);

	/**
	 * A call begins.
	 * @param now the time in nanoseconds
	 */
	void begin(long now) {
		int epoch = epoch(now);
		this.begun.updateAndGet(epoch & 1, (known) -> isOf(known, epoch) ? known + 1 : minute(epoch) + 1);
	}

	/**
	 * A call has ended.
	 * @param started when it began
	 */
	void end(long started) {
		int epoch = epoch(started);
		this.begun.updateAndGet(epoch & 1, (known) -> (isOf(known, epoch) && calls(known) > 0) ? known - 1 : known);
	}

	/**
	 * How many are on their way.
	 * @param now the time in nanoseconds
	 */
	int count(long now) {
		int epoch = epoch(now);
		return of(epoch) + of(epoch - 1);
	}

	private int of(int epoch) {
		long known = this.begun.get(epoch & 1);
		return isOf(known, epoch) ? calls(known) : 0;
	}

	private static int epoch(long nanos) {
		return (int) Math.floorDiv(nanos, EPOCH);
	}

	private static long minute(int epoch) {
		return (long) epoch << Integer.SIZE;
	}

	private static boolean isOf(long known, int epoch) {
		return (int) (known >> Integer.SIZE) == epoch;
	}

	private static int calls(long known) {
		return (int) known;
	}

}
