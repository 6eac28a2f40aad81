package dev.cloudmap.registry.state;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * The operations of late. Looking one up never waits.
 */
final class OperationLog {

	/** How many ended operations can still be asked about. */
	private static final int KEPT = 10_000;

	private final Map<String, Operation> operations = new ConcurrentHashMap<>();

	private final Map<String, Running> running = new HashMap<>();

	private final Deque<String> ended = new ArrayDeque<>();

	@Nullable Operation find(String id) {
		return this.operations.get(id);
	}

	synchronized @Nullable Running findRunning(String subject) {
		return this.running.get(subject);
	}

	synchronized void started(String id, OperationCommand command, Instant now) {
		this.running.put(command.subject(), new Running(id, command.creatorRequestId()));
		this.operations.put(id,
				new Operation(id, command.type(), Operation.Status.SUBMITTED, command.targets(), now, now, null, null));
	}

	synchronized void pending(String id, Instant now) {
		this.operations.computeIfPresent(id, (key, operation) -> operation.advancedTo(Operation.Status.PENDING, now));
	}

	synchronized void succeeded(String id, OperationCommand command, Instant now) {
		Operation known = this.operations.get(id);
		ended(command, new Operation(id, command.type(), Operation.Status.SUCCESS, command.targets(),
				(known != null) ? known.created() : now, now, null, null));
	}

	synchronized void failed(String id, OperationCommand command, String message, Instant now) {
		Operation known = this.operations.get(id);
		ended(command, new Operation(id, command.type(), Operation.Status.FAIL, command.targets(),
				(known != null) ? known.created() : now, now, Operation.ErrorCode.INTERNAL_FAILURE, message));
	}

	private void ended(OperationCommand command, Operation operation) {
		this.running.computeIfPresent(command.subject(),
				(subject, current) -> current.id().equals(operation.id()) ? null : current);
		this.operations.put(operation.id(), operation);
		this.ended.addLast(operation.id());
		if (this.ended.size() > KEPT) {
			this.operations.remove(this.ended.removeFirst());
		}
	}

	/**
	 * An operation that has not ended.
	 *
	 * @param id its id
	 * @param creatorRequestId the caller's own id of the request
	 */
	record Running(String id, @Nullable String creatorRequestId) {

	}

}
