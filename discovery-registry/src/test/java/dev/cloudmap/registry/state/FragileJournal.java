package dev.cloudmap.registry.state;

/**
 * A journal that counts commits, stores nothing, and can be set to fail.
 */
public final class FragileJournal implements Journal {

	private volatile boolean broken;

	private volatile int commits;

	/**
	 * Sets whether all commits fail.
	 */
	public void setBroken(boolean broken) {
		this.broken = broken;
	}

	/**
	 * Returns the number of commits with changes other than operations.
	 */
	public int commits() {
		return this.commits;
	}

	@Override
	public Contents load() {
		return Journal.NONE.load();
	}

	@Override
	@SuppressWarnings("NonAtomicVolatileUpdate") // there is one writer
	public void commit(Commit commit) {
		if (this.broken) {
			throw new IllegalStateException("disk full");
		}
		this.commits += commit.changes().isEmpty() ? 0 : 1;
	}

	@Override
	public void restore(Contents contents) {
	}

	@Override
	public void close() {
	}

}
