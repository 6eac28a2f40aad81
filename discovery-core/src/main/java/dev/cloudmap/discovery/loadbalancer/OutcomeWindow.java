package dev.cloudmap.discovery.loadbalancer;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many calls there were within a recent time, to a tenth of that time, and how many
 * of them failed, or were otherwise such as whoever counts them wants to know of. Takes
 * no lock.
 */
public final class OutcomeWindow {

	private static final int SLICES = 10;

	/** Calls and failures of a slice have so many bits each; it counts no further. */
	private static final int BITS = 20;

	private static final long MAX = (1L << BITS) - 1;

	private static final long EPOCHS = (1L << (Long.SIZE - 2 * BITS)) - 1;

	/** Of each slice: when it was, how many calls, how many failures. */
	private final AtomicLongArray slices = new AtomicLongArray(SLICES);

	private final long sliceNanos;

	/**
	 * A window in which there was no call yet.
	 * @param length how long a time it shows; not null
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
	 * What is known of the window that ends now.
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
	 * Forgets all.
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
	 * What became of calls.
	 *
	 * @param calls how many there were
	 * @param failures how many of them failed
	 */
	public record Counts(long calls, long failures) {
	}

}
