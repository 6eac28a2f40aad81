package dev.cloudmap.discovery.loadbalancer.outlier;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The number of calls since an instance last responded, and the beginning of the first of
 * them, read consistently. Lock-free.
 */
final class UnansweredCalls {

	/** A tick is about a microsecond. */
	private static final int TICK_BITS = 10;

	private static final int COUNT_BITS = 16;

	private static final long MAX_COUNT = (1L << COUNT_BITS) - 1;

	private static final long TICKS = (1L << (Long.SIZE - COUNT_BITS)) - 1;

	/** The tick of the first call, and the number of calls; 0 without calls. */
	private final AtomicLong state = new AtomicLong();

	/**
	 * A call begins.
	 * @param now the time in nanoseconds
	 */
	void begin(long now) {
		this.state.updateAndGet((known) -> (count(known) == 0) ? (tick(now) << COUNT_BITS) | 1
				: (count(known) < MAX_COUNT) ? known + 1 : known);
	}

	/**
	 * The instance has responded: no call counts as unanswered.
	 */
	void reset() {
		// avoids a write, since most calls succeed
		if (this.state.get() != 0) {
			this.state.set(0);
		}
	}

	/**
	 * One of the calls does not count.
	 */
	void giveUp() {
		this.state.updateAndGet((known) -> (count(known) <= 1) ? 0 : known - 1);
	}

	/**
	 * The calls that wait.
	 * @param now the time in nanoseconds
	 */
	Waiting waiting(long now) {
		long known = this.state.get();
		int count = count(known);
		long ticks = (tick(now) - (known >>> COUNT_BITS)) & TICKS;
		// another thread may have counted a call that began after this time
		long waited = (ticks <= TICKS / 2) ? ticks << TICK_BITS : 0;
		return (count == 0) ? Waiting.NONE : new Waiting(count, waited);
	}

	private static int count(long state) {
		return (int) (state & MAX_COUNT);
	}

	private static long tick(long now) {
		return (now >> TICK_BITS) & TICKS;
	}

	/**
	 * Calls that wait.
	 *
	 * @param calls their number
	 * @param nanos the waiting time of the first, in nanoseconds
	 */
	record Waiting(int calls, long nanos) {

		static final Waiting NONE = new Waiting(0, 0);

	}

}
