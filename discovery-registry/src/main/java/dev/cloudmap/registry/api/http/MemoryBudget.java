package dev.cloudmap.registry.api.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the memory of all connections together for request bodies that have not arrived
 * completely and responses that clients have not received. Without it, slow clients could
 * use all memory.
 */
public final class MemoryBudget {

	/**
	 * The number of bytes that a connection can always use: a small response may confirm
	 * a change.
	 */
	static final int SMALL = 64 * 1024;

	/** While a response is written it is in the heap and in native memory. */
	private static final int PART_OF_MEMORY = 8;

	private final long limit;

	private final AtomicLong reserved = new AtomicLong();

	MemoryBudget(long limit) {
		this.limit = limit;
	}

	/**
	 * Returns a budget of an eighth of the maximum heap.
	 * @return the budget
	 */
	public static MemoryBudget ofHeap() {
		return new MemoryBudget(Runtime.getRuntime().maxMemory() / PART_OF_MEMORY);
	}

	/**
	 * Reserves memory for a connection. A single connection can exceed the limit.
	 * @param bytes the number of bytes
	 * @param held the number of bytes that the connection has already reserved
	 * @return whether the bytes were reserved
	 */
	public boolean reserve(int bytes, int held) {
		long before = this.reserved.getAndAdd(bytes);
		if (bytes > 0 && held + bytes > SMALL && before > held && before + bytes > this.limit) {
			release(bytes);
			return false;
		}
		return true;
	}

	/**
	 * Releases reserved memory.
	 * @param bytes the number of bytes
	 */
	public void release(int bytes) {
		this.reserved.addAndGet(-bytes);
	}

}
