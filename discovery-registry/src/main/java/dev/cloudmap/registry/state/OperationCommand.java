package dev.cloudmap.registry.state;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A command that is answered with the id of an operation before it takes effect.
 */
public interface OperationCommand {

	/**
	 * Returns what the operation does.
	 * @return what the operation does
	 */
	Operation.Type type();

	/**
	 * Returns the ids of what it works on.
	 * @return the ids of what it works on
	 */
	Map<Operation.Target, String> targets();

	/**
	 * Returns what the operation has for itself while it lasts: two operations with one
	 * subject exclude each other.
	 * @return the subject
	 */
	String subject();

	/**
	 * Returns the caller's own id of the request, by which it can be repeated.
	 * @return the caller's own id of the request, if it gave one
	 */
	default @Nullable String requestId() {
		return null;
	}

	/**
	 * Returns whether this is an earlier request again, rather than another one with the
	 * same id, which would be lost if it were taken for that.
	 * @param earlier a command that is being carried out
	 * @return whether this asks for the same in the same request
	 */
	default boolean repeats(OperationCommand earlier) {
		return requestId() != null && equals(earlier);
	}

	/**
	 * Finds an operation that has already done all that this one asks for.
	 * @param draft the state
	 * @return the operation's id, or null when there is something to do
	 */
	default @Nullable String findEarlier(Draft draft) {
		return null;
	}

	/**
	 * Refuses what cannot be done, before the caller gets an answer.
	 * @param draft the state
	 * @throws RegistryException when the command is refused
	 */
	void check(Draft draft);

	/**
	 * Finds why Route 53 refuses the DNS records, which a caller learns only from the
	 * operation.
	 * @param draft the state
	 * @return what Route 53 would say; null when it refuses nothing
	 */
	default @Nullable String findRecordConflict(Draft draft) {
		return null;
	}

	/**
	 * Takes effect, right after {@link #check(Draft)} has passed.
	 * @param draft the state
	 * @param operationId the operation's id
	 */
	void apply(Draft draft, String operationId);

}
