package dev.cloudmap.registry.state;

import java.util.List;

/**
 * Keeps changes beyond the life of the process. Used by the writer thread only.
 */
public interface Journal extends AutoCloseable {

	/** Keeps nothing. */
	Journal NONE = new Journal() {

		@Override
		public Contents load() {
			return new Contents(0, List.of(), List.of(), List.of(), List.of());
		}

		@Override
		public void commit(Commit commit) {
		}

		@Override
		public void restore(Contents contents) {
		}

		@Override
		public void close() {
		}

	};

	/**
	 * Reads back all that was kept.
	 * @return all that was kept
	 */
	Contents load();

	/**
	 * Keeps changes; when it returns they survive the end of the process and of the
	 * machine.
	 * @param commit the changes
	 * @throws JournalException when they cannot be kept; then none of them are, and the
	 * journal takes no more of them before it was {@link #restore restored}
	 */
	void commit(Commit commit);

	/**
	 * Replaces all that was kept, after a commit that failed.
	 * @param contents all that was acknowledged
	 * @throws JournalException when that fails too; what was kept stays as it was
	 */
	void restore(Contents contents);

	@Override
	void close();

	/**
	 * Changes that are kept together, all of them or none.
	 *
	 * @param revision the revision after the changes
	 * @param changes the changes, oldest first
	 * @param operations operations that began, went on or ended
	 * @param forgottenOperations the ids of ended operations that need not be kept longer
	 */
	record Commit(long revision, List<Change> changes, List<OperationRecord> operations,
			List<String> forgottenOperations) {

	}

	/**
	 * All that a journal has kept.
	 *
	 * @param revision the latest revision, or 0 when nothing was kept
	 * @param namespaces all namespaces
	 * @param services all services
	 * @param instances all instances
	 * @param operations all operations that are in progress or ended of late
	 */
	record Contents(long revision, List<Namespace> namespaces, List<Service> services, List<Instance> instances,
			List<OperationRecord> operations) {

	}

}
