package dev.cloudmap.registry.state;

import java.util.List;

import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.operation.OperationRecord;
import dev.cloudmap.registry.state.snapshot.Change;

/**
 * Stores changes durably. Used by the writer thread only.
 */
public interface Journal extends AutoCloseable {

	/** Stores nothing. */
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
	 * Reads the stored content.
	 * @return the stored content
	 */
	Contents load();

	/**
	 * Stores changes. They survive a crash of the process or the system when this method
	 * returns.
	 * @param commit the changes
	 * @throws JournalException if the changes were not stored; the journal then accepts
	 * no changes before {@link #restore}
	 */
	void commit(Commit commit);

	/**
	 * Replaces the stored content after a failed commit.
	 * @param contents the acknowledged content
	 * @throws JournalException if that fails; the stored content is then unchanged
	 */
	void restore(Contents contents);

	@Override
	void close();

	/**
	 * Changes that are stored atomically.
	 *
	 * @param revision the revision after the changes
	 * @param changes the changes, oldest first
	 * @param operations operations with a new status
	 * @param evictedOperations the ids of operations to delete
	 */
	record Commit(long revision, List<Change> changes, List<OperationRecord> operations,
			List<String> evictedOperations) {

	}

	/**
	 * The content of a journal.
	 *
	 * @param revision the latest revision; 0 if the journal is empty
	 * @param namespaces all namespaces
	 * @param services all services
	 * @param instances all instances
	 * @param operations the operations in progress and the latest ended ones
	 */
	record Contents(long revision, List<Namespace> namespaces, List<Service> services, List<Instance> instances,
			List<OperationRecord> operations) {

	}

}
