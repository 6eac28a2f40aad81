package dev.cloudmap.registry.state;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * The operations that are in progress and those that ended of late. The writer thread
 * changes it while others read.
 */
final class OperationLog {

	/** How many ended operations can still be asked about. */
	static final int KEPT = 10_000;

	private final Map<String, Operation> operations = new ConcurrentHashMap<>();

	/** Those in progress, by what they have for themselves meanwhile. */
	private final Map<String, OperationRecord> running = new HashMap<>();

	private final Deque<String> ended = new ArrayDeque<>();

	OperationLog(List<OperationRecord> kept) {
		kept.stream().sorted(Comparator.comparing((entry) -> entry.operation().updated())).forEach(this::put);
	}

	@Nullable Operation find(String id) {
		return this.operations.get(id);
	}

	Collection<Operation> all() {
		return this.operations.values();
	}

	@Nullable OperationRecord findRunning(String subject) {
		return this.running.get(subject);
	}

	int countRunning() {
		return this.running.size();
	}

	List<OperationRecord> running() {
		return List.copyOf(this.running.values());
	}

	/**
	 * Returns all operations as they are kept.
	 */
	List<OperationRecord> records() {
		Map<String, OperationCommand> commands = new HashMap<>();
		this.running.values().forEach((entry) -> commands.put(entry.operation().id(), entry.command()));
		return this.operations.values()
			.stream()
			.map((operation) -> new OperationRecord(operation, commands.get(operation.id())))
			.toList();
	}

	/**
	 * Returns the ended operations that are forgotten when others end.
	 */
	List<String> outlivedBy(Collection<OperationRecord> changed) {
		long ending = changed.stream().filter((entry) -> !entry.isRunning()).count();
		return this.ended.stream().limit(Math.max(0, this.ended.size() + ending - KEPT)).toList();
	}

	/**
	 * Takes in what was kept.
	 * @param changed operations that began, went on or ended
	 * @param forgotten the oldest that ended, to be forgotten
	 */
	void commit(Collection<OperationRecord> changed, List<String> forgotten) {
		forgotten.forEach((id) -> {
			this.ended.removeFirst();
			this.operations.remove(id);
		});
		changed.forEach(this::put);
	}

	private void put(OperationRecord entry) {
		Operation operation = entry.operation();
		OperationCommand command = entry.command();
		this.operations.put(operation.id(), operation);
		if (command != null && entry.isRunning()) {
			this.running.put(command.subject(), entry);
			return;
		}
		this.ended.addLast(operation.id());
		if (command != null) {
			this.running.remove(command.subject());
		}
	}

}
