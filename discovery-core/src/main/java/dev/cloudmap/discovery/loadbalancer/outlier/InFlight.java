package dev.cloudmap.discovery.loadbalancer.outlier;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The number of requests in flight. A request expires one to two minutes after its
 * beginning: Spring Cloud's own filter for {@code WebClient}, which is used where its
 * retries are switched on, reports no end of a cancelled request. Lock-free.
 */
public final class InFlight {

	private static final long EPOCH = Duration.ofMinutes(1).toNanos();

	/** Of this minute and the previous one: the minute, and the requests begun in it. */
	private final AtomicLongArray begun = new AtomicLongArray(2);

	/**
	 * A request begins.
	 * @param now the time in nanoseconds
	 */
	public void begin(long now) {
		int epoch = epoch(now);
		this.begun.updateAndGet(epoch & 1, (known) -> isOf(known, epoch) ? known + 1 : minute(epoch) + 1);
	}

	/**
	 * A request ends.
	 * @param began the time at which it began
	 */
	public void end(long began) {
		int epoch = epoch(began);
		this.begun.updateAndGet(epoch & 1, (known) -> (isOf(known, epoch) && calls(known) > 0) ? known - 1 : known);
	}

	/**
	 * The number of requests in flight.
	 * @param now the time in nanoseconds
	 */
	public int count(long now) {
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
