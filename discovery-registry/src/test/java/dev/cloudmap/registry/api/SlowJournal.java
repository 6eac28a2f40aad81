package dev.cloudmap.registry.api;

import java.util.concurrent.CountDownLatch;

import dev.cloudmap.registry.state.Journal;

/**
 * Discards changes after a delay.
 */
final class SlowJournal implements Journal {

	private final CountDownLatch disk;

	/**
	 * Creates a journal.
	 * @param disk the latch that commits wait for
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
