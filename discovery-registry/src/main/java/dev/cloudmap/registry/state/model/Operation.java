package dev.cloudmap.registry.state.model;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * An asynchronous operation as {@code GetOperation} returns it.
 *
 * @param id its id
 * @param type its type
 * @param status its status
 * @param targets the ids of the resources that it changes
 * @param created the time of the request
 * @param updated the time of the latest change of the status
 * @param errorCode the error code if it failed
 * @param errorMessage the error message if it failed
 */
public record Operation(String id, Type type, Status status, Map<Target, String> targets, Instant created,
		Instant updated, @Nullable ErrorCode errorCode, @Nullable String errorMessage) {

	/**
	 * Returns a new operation.
	 * @param id its id
	 * @param type its type
	 * @param targets the ids of the resources that it changes
	 * @param now the current time
	 * @return the operation with the status {@link Status#SUBMITTED}
	 */
	public static Operation submitted(String id, Type type, Map<Target, String> targets, Instant now) {
		return new Operation(id, type, Status.SUBMITTED, targets, now, now, null, null);
	}

	/**
	 * Returns this operation with another status.
	 * @param next the status
	 * @param now the current time
	 * @return the changed operation
	 */
	public Operation advancedTo(Status next, Instant now) {
		return new Operation(this.id, this.type, next, this.targets, this.created, now, null, null);
	}

	/**
	 * Returns this operation as failed.
	 * @param code the error code
	 * @param message the error message
	 * @param now the current time
	 * @return the failed operation
	 */
	public Operation failed(ErrorCode code, String message, Instant now) {
		return new Operation(this.id, this.type, Status.FAIL, this.targets, this.created, now, code, message);
	}

	/**
	 * The types of operations.
	 */
	public enum Type {

		CREATE_NAMESPACE, DELETE_NAMESPACE, UPDATE_NAMESPACE, UPDATE_SERVICE, REGISTER_INSTANCE, DEREGISTER_INSTANCE

	}

	/**
	 * The error codes of failed operations.
	 */
	public enum ErrorCode {

		ACCESS_DENIED, CANNOT_CREATE_HOSTED_ZONE, EXPIRED_TOKEN, HOSTED_ZONE_NOT_FOUND, INTERNAL_FAILURE,
		INVALID_CHANGE_BATCH, THROTTLED_REQUEST

	}

	/**
	 * The status of an operation.
	 */
	public enum Status {

		SUBMITTED, PENDING, SUCCESS, FAIL;

		/**
		 * Returns whether the status does not change any more.
		 * @return whether the operation has ended
		 */
		public boolean isFinal() {
			return this == SUCCESS || this == FAIL;
		}

	}

	/**
	 * The kinds of resources that operations change.
	 */
	public enum Target {

		NAMESPACE, SERVICE, INSTANCE

	}

}
