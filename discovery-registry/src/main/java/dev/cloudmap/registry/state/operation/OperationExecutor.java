package dev.cloudmap.registry.state.operation;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.Ids;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.snapshot.Command;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;
import dev.cloudmap.registry.time.Scheduler;

/**
 * Runs commands as operations, which take effect after the emulated delay. Operations in
 * progress continue after a restart. Used by the writer thread only.
 */
public final class OperationExecutor {

	/** The delay after which the end of an operation is written again. */
	private static final Duration RETRY = Duration.ofSeconds(5);

	/** The maximum number of operations in progress. */
	static final int MAX_RUNNING = 10_000;

	private final OperationLog log;

	private final Scheduler scheduler;

	private final Supplier<Emulation> emulation;

	private final BiConsumer<Command<?>, Runnable> queue;

	/**
	 * Creates an executor.
	 * @param log the operations
	 * @param scheduler runs the later steps of operations
	 * @param emulation returns the current emulation settings
	 * @param queue runs a command on the writer thread, and the callback when that failed
	 */
	public OperationExecutor(OperationLog log, Scheduler scheduler, Supplier<Emulation> emulation,
			BiConsumer<Command<?>, Runnable> queue) {
		this.log = log;
		this.scheduler = scheduler;
		this.emulation = emulation;
		this.queue = queue;
	}

	/**
	 * Continues the operations that were in progress when the registry stopped.
	 */
	public void resume() {
		for (OperationRecord entry : this.log.running()) {
			OperationCommand command = entry.command();
			if (command != null) {
				schedule(entry.operation().id(), command, this.emulation.get().operationDelay());
			}
		}
	}

	/**
	 * Starts an operation.
	 * @param transaction the state
	 * @param command the command
	 * @return the id of the operation, or of an earlier one with the same effect
	 * @throws RegistryException when the command is rejected
	 */
	public String begin(WriteTransaction transaction, OperationCommand command) {
		OperationRecord running = this.log.findRunning(command.subject());
		if (running != null) {
			return repeated(running, command);
		}
		String earlier = command.findEarlier(transaction);
		if (earlier != null) {
			return earlier;
		}
		command.check(transaction);
		Operation operation = Operation.submitted(Ids.operation(), command.type(), command.targets(),
				this.scheduler.now());
		Duration delay = this.emulation.get().operationDelay();
		if (delay.isZero()) {
			complete(transaction, operation, command);
		}
		else {
			if (this.log.countRunning() >= MAX_RUNNING) {
				throw new RegistryException(ErrorType.THROTTLING, "Rate exceeded");
			}
			this.log.put(operation, command);
			transaction.afterCommit(() -> schedule(operation.id(), command, delay));
		}
		return operation.id();
	}

	private static String repeated(OperationRecord running, OperationCommand command) {
		String id = running.operation().id();
		if (running.command() != null && command.repeats(running.command())) {
			return id;
		}
		throw new RegistryException(ErrorType.DUPLICATE_REQUEST,
				"The operation '%s' on the same resource is still in progress.".formatted(id))
			.with("DuplicateOperationId", id);
	}

	private void schedule(String id, OperationCommand command, Duration delay) {
		this.scheduler.schedule(delay.dividedBy(2),
				() -> this.queue.accept((transaction) -> advance(id, command), () -> {
				}));
		finishLater(id, command, delay);
	}

	private void finishLater(String id, OperationCommand command, Duration delay) {
		this.scheduler.schedule(delay, () -> this.queue.accept((transaction) -> finish(transaction, id, command),
				() -> finishLater(id, command, RETRY)));
	}

	private String advance(String id, OperationCommand command) {
		Operation operation = this.log.find(id);
		if (operation != null && operation.status() == Operation.Status.SUBMITTED) {
			this.log.put(operation.advancedTo(Operation.Status.PENDING, this.scheduler.now()), command);
		}
		return id;
	}

	/**
	 * Validates the command again, because the state may have changed since the operation
	 * was accepted.
	 */
	private String finish(WriteTransaction transaction, String id, OperationCommand command) {
		Operation operation = this.log.find(id);
		if (operation == null || operation.status().isFinal()) {
			return id;
		}
		try {
			command.check(transaction);
		}
		catch (RegistryException ex) {
			fail(operation, command, Operation.ErrorCode.INTERNAL_FAILURE, ex.message());
			return id;
		}
		complete(transaction, operation, command);
		return id;
	}

	private void complete(WriteTransaction transaction, Operation operation, OperationCommand command) {
		Operation.ErrorCode configured = this.emulation.get().failures().get(command.type());
		if (configured != null) {
			fail(operation, command, configured,
					"The registry is configured to fail %s operations with %s.".formatted(command.type(), configured));
			return;
		}
		String conflict = command.findRecordConflict(transaction);
		if (conflict != null) {
			fail(operation, command, Operation.ErrorCode.INVALID_CHANGE_BATCH, conflict);
			return;
		}
		Instant now = this.scheduler.now();
		command.apply(transaction, operation.id());
		this.log.put(operation.advancedTo(Operation.Status.SUCCESS, now), command);
	}

	private void fail(Operation operation, OperationCommand command, Operation.ErrorCode code, String message) {
		this.log.put(operation.failed(code, message, this.scheduler.now()), command);
	}

}
