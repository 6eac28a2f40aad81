package dev.cloudmap.registry.state.snapshot;

import java.util.List;

/**
 * Receives changes right after they are visible, before the requests that made them are
 * answered.
 */
@FunctionalInterface
public interface ChangeListener {

	/**
	 * Processes changes. Called on the writer thread: it must not block.
	 * @param snapshot the state after the changes
	 * @param changes the changes, oldest first
	 */
	void changed(RegistrySnapshot snapshot, List<Change> changes);

}
