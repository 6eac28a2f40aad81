package dev.cloudmap.registry.state;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out commands as operations: accepted and answered first, in effect later, and
 * known for a while after they ended. One that is in progress when the registry stops
 * goes on when it starts again.
 */
final class Operations {

	private static final Logger logger = LoggerFactory.getLogger(Operations.class);

	/** How long to wait after an end of an operation that could not be kept. */
	private static final Duration RETRY = Duration.ofSeconds(5);

	/** More operations in progress than this are refused. */
	static final int MAX_RUNNING = 10_000;

	private final OperationLog log;

	private final Timeline timeline;

	private final Supplier<Realism> realism;

	private final CommandQueue queue;

	Operations(OperationLog log, Timeline timeline, Supplier<Realism> realism, CommandQueue queue) {
		this.log = log;
		this.timeline = timeline;
		this.realism = realism;
		this.queue = queue;
	}

	@Nullable Operation find(String id) {
		return this.log.find(id);
	}

	Collection<Operation> all() {
		return this.log.all();
	}

	/**
	 * Goes on with what was in progress when the registry stopped.
	 */
	void resume() {
		for (OperationRecord entry : this.log.running()) {
			OperationCommand command = entry.command();
			if (command != null) {
				schedule(entry.operation().id(), command, this.realism.get().operationDelay());
			}
		}
	}

	/**
	 * Accepts a command, or finds the operation that does the same already.
	 * @return the operation's id
	 * @throws RegistryException when the command is refused
	 */
	String begin(Draft draft, OperationCommand command) {
		OperationRecord running = draft.operations().findRunning(command.subject());
		if (running != null) {
			return repeated(running, command);
		}
		String earlier = command.findEarlier(draft);
		if (earlier != null) {
			return earlier;
		}
		command.check(draft);
		Operation operation = Operation.submitted(Ids.operation(), command, this.timeline.now());
		Duration delay = this.realism.get().operationDelay();
		if (delay.isZero()) {
			conclude(draft, operation, command);
		}
		else {
			if (draft.operations().countRunning() >= MAX_RUNNING) {
				throw new RegistryException(Fault.THROTTLING, "Rate exceeded");
			}
			draft.operations().put(operation, command);
			draft.whenCommitted(() -> schedule(operation.id(), command, delay));
		}
		return operation.id();
	}

	private static String repeated(OperationRecord running, OperationCommand command) {
		String id = running.operation().id();
		if (running.command() != null && command.repeats(running.command())) {
			return id;
		}
		throw new RegistryException(Fault.DUPLICATE_REQUEST,
				"The operation '%s' on the same resource is still in progress.".formatted(id))
			.with("DuplicateOperationId", id);
	}

	private void schedule(String id, OperationCommand command, Duration delay) {
		this.timeline.schedule(delay.dividedBy(2),
				() -> this.queue.post((draft) -> advance(draft, id, command), (failure) -> report(id, failure)));
		finishLater(id, command, delay);
	}

	private void finishLater(String id, OperationCommand command, Duration delay) {
		this.timeline.schedule(delay, () -> this.queue.post((draft) -> finish(draft, id, command), (failure) -> {
			report(id, failure);
			finishLater(id, command, RETRY);
		}));
	}

	private static void report(String id, Throwable failure) {
		logger.atLevel(JournalException.level(failure))
			.log("How far the operation {} is could not be kept: {}", id, String.valueOf(failure));
	}

	private String advance(Draft draft, String id, OperationCommand command) {
		Operation operation = this.log.find(id);
		if (operation != null && operation.status() == Operation.Status.SUBMITTED) {
			draft.operations().put(operation.advancedTo(Operation.Status.PENDING, this.timeline.now()), command);
		}
		return id;
	}

	/**
	 * Checks once more, for much may have happened since the operation was accepted.
	 */
	private String finish(Draft draft, String id, OperationCommand command) {
		Operation operation = this.log.find(id);
		if (operation == null || operation.status().isFinal()) {
			return id;
		}
		try {
			command.check(draft);
		}
		catch (RegistryException ex) {
			draft.operations()
				.put(operation.failed(Operation.ErrorCode.INTERNAL_FAILURE, ex.message(), this.timeline.now()),
						command);
			return id;
		}
		conclude(draft, operation, command);
		return id;
	}

	private void conclude(Draft draft, Operation operation, OperationCommand command) {
		Instant now = this.timeline.now();
		Operation.ErrorCode failure = this.realism.get().failures().get(command.type());
		if (failure != null) {
			draft.operations()
				.put(operation.failed(failure,
						"The registry was told to let %s operations fail with %s.".formatted(command.type(), failure),
						now), command);
			return;
		}
		String conflict = command.findRecordConflict(draft);
		if (conflict != null) {
			draft.operations().put(operation.failed(Operation.ErrorCode.INVALID_CHANGE_BATCH, conflict, now), command);
			return;
		}
		command.apply(draft, operation.id());
		draft.operations().put(operation.advancedTo(Operation.Status.SUCCESS, now), command);
	}

}
