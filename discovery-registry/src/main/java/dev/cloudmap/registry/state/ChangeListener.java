package dev.cloudmap.registry.state;

import java.util.List;

/**
 * Learns of changes right after they became visible and before the requests that made
 * them are answered, so that what is acknowledged can be seen everywhere.
 */
@FunctionalInterface
public interface ChangeListener {

	/**
	 * Called on the writer thread, so it must be quick and must never wait.
	 * @param snapshot the state after the changes
	 * @param changes the changes, oldest first
	 */
	void changed(Snapshot snapshot, List<Change> changes);

}
