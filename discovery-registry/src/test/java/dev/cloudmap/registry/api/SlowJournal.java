package dev.cloudmap.registry.api;

import java.util.concurrent.CountDownLatch;

import dev.cloudmap.registry.state.Journal;

/**
 * Keeps nothing, and does not even do that at once.
 */
final class SlowJournal implements Journal {

	private final CountDownLatch disk;

	/**
	 * Creates a journal.
	 * @param disk what it waits for
	 */
	SlowJournal(CountDownLatch disk) {
		this.disk = disk;
	}

	@Override
	public Contents load() {
		return Journal.NONE.load();
	}

	@Override
	public void commit(Commit commit) {
		try {
			this.disk.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void restore(Contents contents) {
	}

	@Override
	public void close() {
	}

}
