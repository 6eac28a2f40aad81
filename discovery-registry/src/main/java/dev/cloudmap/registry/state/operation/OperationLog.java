package dev.cloudmap.registry.state.operation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.model.Operation;

/**
 * The operations in progress and the latest ended ones. The writer thread changes it in
 * transactions: {@link #put} collects changes, which {@link #commit} makes visible and
 * {@link #rollback} discards. Any thread can read.
 */
public final class OperationLog {

	/** The number of ended operations that are kept. */
	static final int KEPT = 10_000;

	private final Map<String, Operation> operations = new ConcurrentHashMap<>();

	private final Map<String, OperationRecord> runningBySubject = new HashMap<>();

	private final Deque<String> ended = new ArrayDeque<>();

	private final Map<String, OperationRecord> pending = new LinkedHashMap<>();

	private final Map<String, OperationRecord> pendingBySubject = new HashMap<>();

	/**
	 * Creates a log.
	 * @param kept the operations to start with
	 */
	public OperationLog(List<OperationRecord> kept) {
		kept.stream().sorted(Comparator.comparing((entry) -> entry.operation().updated())).forEach(this::store);
	}

	/**
	 * Finds an operation.
	 * @param id its id
	 * @return the operation, or null
	 */
	public @Nullable Operation find(String id) {
		return this.operations.get(id);
	}

	/**
	 * Returns all operations, in no particular order.
	 * @return all operations
	 */
	public Collection<Operation> all() {
		return this.operations.values();
	}

	/**
	 * Finds the operation in progress on a subject, changes that are not committed
	 * included.
	 */
	@Nullable OperationRecord findRunning(String subject) {
		OperationRecord latest = this.pendingBySubject.getOrDefault(subject, this.runningBySubject.get(subject));
		return (latest != null && latest.isRunning()) ? latest : null;
	}

	/**
	 * Returns an upper bound of the number of operations in progress: those that end in
	 * this transaction count twice.
	 */
	int countRunning() {
		return this.runningBySubject.size() + this.pending.size();
	}

	List<OperationRecord> running() {
		return List.copyOf(this.runningBySubject.values());
	}

	/**
	 * Returns all operations with the commands of those in progress.
	 * @return all operations
	 */
	public List<OperationRecord> records() {
		Map<String, OperationCommand> commands = new HashMap<>();
		this.runningBySubject.values().forEach((entry) -> commands.put(entry.operation().id(), entry.command()));
		return this.operations.values()
			.stream()
			.map((operation) -> new OperationRecord(operation, commands.get(operation.id())))
			.toList();
	}

	void put(Operation operation, OperationCommand command) {
		OperationRecord entry = new OperationRecord(operation, command);
		this.pending.put(operation.id(), entry);
		this.pendingBySubject.put(command.subject(), entry);
	}

	/**
	 * Returns the operations that the transaction has changed.
	 * @return the operations as they are after the transaction
	 */
	public List<OperationRecord> pending() {
		return List.copyOf(this.pending.values());
	}

	/**
	 * Returns the ended operations that the commit evicts.
	 * @return their ids
	 */
	public List<String> evicted() {
		long ending = this.pending.values().stream().filter((entry) -> !entry.isRunning()).count();
		return this.ended.stream().limit(Math.max(0, this.ended.size() + ending - KEPT)).toList();
	}

	/**
	 * Makes the changes of the transaction visible.
	 */
	public void commit() {
		for (String id : evicted()) {
			this.ended.removeFirst();
			this.operations.remove(id);
		}
		new ArrayList<>(this.pending.values()).forEach(this::store);
		rollback();
	}

	/**
	 * Discards the changes that are not committed.
	 */
	public void rollback() {
		this.pending.clear();
		this.pendingBySubject.clear();
	}

	private void store(OperationRecord entry) {
		Operation operation = entry.operation();
		OperationCommand command = entry.command();
		this.operations.put(operation.id(), operation);
		if (command != null && entry.isRunning()) {
			this.runningBySubject.put(command.subject(), entry);
			return;
		}
		this.ended.addLast(operation.id());
		if (command != null) {
			this.runningBySubject.remove(command.subject());
		}
	}

}
