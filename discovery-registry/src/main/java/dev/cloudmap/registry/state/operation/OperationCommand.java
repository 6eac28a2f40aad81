package dev.cloudmap.registry.state.operation;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * A command that runs as an operation: the client receives the id of the operation before
 * the command takes effect.
 */
public interface OperationCommand {

	/**
	 * Returns the type of the operation.
	 * @return the type of the operation
	 */
	Operation.Type type();

	/**
	 * Returns the ids of the resources that the operation changes.
	 * @return the ids by kind of resource
	 */
	Map<Operation.Target, String> targets();

	/**
	 * Returns the lock of the operation: of two operations with the same subject only one
	 * can be in progress.
	 * @return the subject
	 */
	String subject();

	/**
	 * Returns the request id that the client chose, which makes the request idempotent.
	 * @return the request id, or null
	 */
	default @Nullable String requestId() {
		return null;
	}

	/**
	 * Returns whether this command repeats an earlier request. Another request with the
	 * same request id is not a repetition.
	 * @param earlier a command in progress
	 * @return whether both are the same request
	 */
	default boolean repeats(OperationCommand earlier) {
		return requestId() != null && equals(earlier);
	}

	/**
	 * Finds an operation that has already had the effect of this command.
	 * @param transaction the state
	 * @return the id of the operation, or null
	 */
	default @Nullable String findEarlier(WriteTransaction transaction) {
		return null;
	}

	/**
	 * Validates the command, before the client receives a response and again before the
	 * command takes effect.
	 * @param transaction the state
	 * @throws RegistryException when the command is rejected
	 */
	void check(WriteTransaction transaction);

	/**
	 * Finds a conflict of DNS records that Route 53 would reject, with which the
	 * operation fails.
	 * @param transaction the state
	 * @return the error message, or null
	 */
	default @Nullable String findRecordConflict(WriteTransaction transaction) {
		return null;
	}

	/**
	 * Changes the state. Called right after {@link #check} has passed.
	 * @param transaction the state
	 * @param operationId the id of the operation
	 */
	void apply(WriteTransaction transaction, String operationId);

}
