package dev.cloudmap.registry.state;

/**
 * Counts what it is given, keeps nothing, and says so when it is broken.
 */
public final class FragileJournal implements Journal {

	private volatile boolean broken;

	private volatile int commits;

	/**
	 * Makes it refuse all commits, or none.
	 */
	public void setBroken(boolean broken) {
		this.broken = broken;
	}

	/**
	 * How many commits changed something. Operations are kept too, which don't count.
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
