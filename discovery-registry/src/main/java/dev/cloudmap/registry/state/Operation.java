package dev.cloudmap.registry.state;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The progress of a request that the registry carries out after answering it.
 *
 * @param id its id
 * @param type what it does
 * @param status how far it is
 * @param targets the ids of what it works on
 * @param created when it was asked for
 * @param updated when its status last changed
 * @param errorCode why it failed, when it did
 * @param errorMessage the same in words
 */
public record Operation(String id, Type type, Status status, Map<Target, String> targets, Instant created,
		Instant updated, @Nullable ErrorCode errorCode, @Nullable String errorMessage) {

	static Operation submitted(String id, OperationCommand command, Instant now) {
		return new Operation(id, command.type(), Status.SUBMITTED, command.targets(), now, now, null, null);
	}

	Operation advancedTo(Status next, Instant now) {
		return new Operation(this.id, this.type, next, this.targets, this.created, now, null, null);
	}

	Operation failed(ErrorCode code, String message, Instant now) {
		return new Operation(this.id, this.type, Status.FAIL, this.targets, this.created, now, code, message);
	}

	/**
	 * What operations do.
	 */
	public enum Type {

		CREATE_NAMESPACE, DELETE_NAMESPACE, UPDATE_NAMESPACE, UPDATE_SERVICE, REGISTER_INSTANCE, DEREGISTER_INSTANCE

	}

	/**
	 * Why operations fail.
	 */
	public enum ErrorCode {

		ACCESS_DENIED, CANNOT_CREATE_HOSTED_ZONE, EXPIRED_TOKEN, HOSTED_ZONE_NOT_FOUND, INTERNAL_FAILURE,
		INVALID_CHANGE_BATCH, THROTTLED_REQUEST

	}

	/**
	 * How far an operation is.
	 */
	public enum Status {

		SUBMITTED, PENDING, SUCCESS, FAIL;

		/**
		 * Returns whether the status is the last that an operation reaches.
		 * @return whether the operation has ended
		 */
		public boolean isFinal() {
			return this == SUCCESS || this == FAIL;
		}

	}

	/**
	 * What operations work on.
	 */
	public enum Target {

		NAMESPACE, SERVICE, INSTANCE

	}

}
