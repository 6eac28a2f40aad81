package dev.cloudmap.registry.api;

import java.util.concurrent.atomic.AtomicLong;

import dev.cloudmap.registry.state.Fault;
import dev.cloudmap.registry.state.RegistryException;

/**
 * The answers that clients have not taken yet. One connection has one at most, but they
 * are large and connections are many: without a limit for all of them together, clients
 * that ask and don't read would leave no memory for the others.
 */
final class Backlog {

	/**
	 * What is no larger is never refused: it may tell of a change that was made.
	 */
	static final int SMALL = 64 * 1024;

	/** An answer is there twice while it is written: in the heap and beside it. */
	private static final int PART_OF_MEMORY = 8;

	private final long limit;

	private final AtomicLong bytes = new AtomicLong();

	Backlog(long limit) {
		this.limit = limit;
	}

	static Backlog ofThisMachine() {
		return new Backlog(Runtime.getRuntime().maxMemory() / PART_OF_MEMORY);
	}

	/**
	 * Adds an answer, to be removed when it was written or will not be.
	 * @param answer an answer
	 * @return the same answer
	 * @throws RegistryException when there is no room for it
	 */
	Answer add(Answer answer) {
		int size = size(answer);
		long before = this.bytes.getAndAdd(size);
		if (size > SMALL && before > 0 && before + size > this.limit) {
			remove(size);
			throw new RegistryException(Fault.THROTTLING,
					"Too many large answers wait for clients to take them. Try again later, or ask for less.");
		}
		return answer;
	}

	void remove(int size) {
		this.bytes.addAndGet(-size);
	}

	static int size(Answer answer) {
		return answer.body().readableBytes();
	}

}
