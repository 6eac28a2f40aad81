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
			return new Contents(0, List.of(), List.of(), List.of());
		}

		@Override
		public void commit(long revision, List<Change> changes) {
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
	 * @param revision the revision after the changes
	 * @param changes the changes, oldest first
	 */
	void commit(long revision, List<Change> changes);

	@Override
	void close();

	/**
	 * All that a journal has kept.
	 *
	 * @param revision the latest revision, or 0 when nothing was kept
	 * @param namespaces all namespaces
	 * @param services all services
	 * @param instances all instances
	 */
	record Contents(long revision, List<Namespace> namespaces, List<Service> services, List<Instance> instances) {

	}

}
