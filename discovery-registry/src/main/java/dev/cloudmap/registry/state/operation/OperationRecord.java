package dev.cloudmap.registry.state.operation;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.model.Operation;

/**
 * An operation and its command.
 *
 * @param operation the operation
 * @param command the command; null for an operation that had ended before the registry
 * was restarted
 */
public record OperationRecord(Operation operation, @Nullable OperationCommand command) {

	/**
	 * Returns whether the operation is in progress.
	 * @return whether the operation is in progress
	 */
	public boolean isRunning() {
		return !this.operation.status().isFinal();
	}

}
