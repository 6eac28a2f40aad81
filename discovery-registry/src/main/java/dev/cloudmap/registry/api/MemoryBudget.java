package dev.cloudmap.registry.api;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory for bodies that have not come whole and for answers that clients have not
 * taken yet. One connection has one of them at most, but they may be large and
 * connections are many: without a limit for all of them together, clients that stall or
 * don't read would leave no memory for the others.
 */
final class MemoryBudget {

	/**
	 * So much is never refused to a connection, in bytes: a small answer may tell of a
	 * change that was made.
	 */
	static final int SMALL = 64 * 1024;

	/** An answer is there twice while it is written: in the heap and beside it. */
	private static final int PART_OF_MEMORY = 8;

	private final long limit;

	private final AtomicLong taken = new AtomicLong();

	MemoryBudget(long limit) {
		this.limit = limit;
	}

	static MemoryBudget ofThisMachine() {
		return new MemoryBudget(Runtime.getRuntime().maxMemory() / PART_OF_MEMORY);
	}

	/**
	 * Takes memory for a connection. However much it wants, it gets it when nobody else
	 * has any.
	 * @param bytes how much
	 * @param held how much of what is taken the connection has already
	 * @return whether there was so much; if not, nothing was taken
	 */
	boolean take(int bytes, int held) {
		long before = this.taken.getAndAdd(bytes);
		if (bytes > 0 && held + bytes > SMALL && before > held && before + bytes > this.limit) {
			giveBack(bytes);
			return false;
		}
		return true;
	}

	void giveBack(int bytes) {
		this.taken.addAndGet(-bytes);
	}

}
