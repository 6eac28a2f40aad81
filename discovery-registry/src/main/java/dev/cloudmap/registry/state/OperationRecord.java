package dev.cloudmap.registry.state;

import org.jspecify.annotations.Nullable;

/**
 * An operation, with what it takes to carry it out as long as it is in progress.
 *
 * @param operation how far it is
 * @param command what it does; null for one that had ended when the registry was
 * restarted
 */
public record OperationRecord(Operation operation, @Nullable OperationCommand command) {

	/**
	 * Returns whether the operation has not ended.
	 * @return whether the operation has not ended
	 */
	public boolean isRunning() {
		return !this.operation.status().isFinal();
	}

}
