package dev.cloudmap.discovery.loadbalancer.outlier;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The number of calls, and of failures among them, within a sliding window that moves in
 * tenths of its length. Lock-free.
 */
public final class OutcomeWindow {

	private static final int SLICES = 10;

	/** The bits of each of the two numbers of a slice. */
	private static final int BITS = 20;

	private static final long MAX = (1L << BITS) - 1;

	private static final long EPOCHS = (1L << (Long.SIZE - 2 * BITS)) - 1;

	/** Of each slice its epoch, the calls and the failures. */
	private final AtomicLongArray slices = new AtomicLongArray(SLICES);

	private final long sliceNanos;

	/**
	 * Creates an empty window.
	 * @param length the length of the window
	 */
	public OutcomeWindow(Duration length) {
		this.sliceNanos = Math.max(1, length.toNanos() / SLICES);
	}

	/**
	 * Counts a call.
	 * @param now the time in nanoseconds
	 * @param failures 1 if it failed, else 0
	 */
	public void add(long now, int failures) {
		long epoch = Math.floorDiv(now, this.sliceNanos);
		int slot = (int) Math.floorMod(epoch, (long) SLICES);
		this.slices.accumulateAndGet(slot, failures, (known, more) -> {
			long current = isOf(known, epoch) ? known : (epoch & EPOCHS) << (2 * BITS);
			return (calls(current) < MAX) ? current + (1L << BITS) + more : current;
		});
	}

	/**
	 * The calls of the window that ends now.
	 * @param now the time in nanoseconds
	 */
	public Counts counts(long now) {
		long epoch = Math.floorDiv(now, this.sliceNanos);
		long calls = 0;
		long failures = 0;
		for (long back = 0; back < SLICES; back++) {
			long slice = this.slices.get((int) Math.floorMod(epoch - back, (long) SLICES));
			if (isOf(slice, epoch - back)) {
				calls += calls(slice);
				failures += slice & MAX;
			}
		}
		return new Counts(calls, failures);
	}

	/**
	 * Removes all calls.
	 */
	void clear() {
		for (int slot = 0; slot < SLICES; slot++) {
			this.slices.set(slot, 0);
		}
	}

	private static boolean isOf(long slice, long epoch) {
		return slice >>> (2 * BITS) == (epoch & EPOCHS);
	}

	private static long calls(long slice) {
		return (slice >>> BITS) & MAX;
	}

	/**
	 * Numbers of calls.
	 *
	 * @param calls all calls
	 * @param failures the failed calls
	 */
	public record Counts(long calls, long failures) {
	}

}
