package dev.cloudmap.discovery.loadbalancer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The calls that have begun since an instance was last heard of: how many, and when the
 * first of them did, both as of the same moment. Takes no lock.
 */
final class UnansweredCalls {

	/** A tick is about a microsecond. */
	private static final int TICK_BITS = 10;

	private static final int COUNT_BITS = 16;

	private static final long MAX_COUNT = (1L << COUNT_BITS) - 1;

	private static final long TICKS = (1L << (Long.SIZE - COUNT_BITS)) - 1;

	/** The tick of the first call, and how many there are; 0 if there is none. */
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
	 * The instance was heard of.
	 */
	void heard() {
		// most of the time others have said so, and it should not be written for nothing
		if (this.state.get() != 0) {
			this.state.set(0);
		}
	}

	/**
	 * One of them does not count.
	 */
	void giveUp() {
		this.state.updateAndGet((known) -> (count(known) <= 1) ? 0 : known - 1);
	}

	/**
	 * How many there are, and for how long.
	 * @param now the time in nanoseconds
	 */
	Waiting waiting(long now) {
		long known = this.state.get();
		int count = count(known);
		return (count == 0) ? Waiting.NONE
				: new Waiting(count, ((tick(now) - (known >>> COUNT_BITS)) & TICKS) << TICK_BITS);
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
	 * @param calls how many
	 * @param nanos for how long the first of them has, in nanoseconds
	 */
	record Waiting(int calls, long nanos) {

		static final Waiting NONE = new Waiting(0, 0);

	}

}
