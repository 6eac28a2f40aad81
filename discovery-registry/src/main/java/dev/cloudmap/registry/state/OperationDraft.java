package dev.cloudmap.registry.state;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The operations that begin, go on or end with the next commit.
 */
final class OperationDraft {

	private final OperationLog log;

	private final Map<String, OperationRecord> byId = new LinkedHashMap<>();

	private final Map<String, OperationRecord> bySubject = new HashMap<>();

	OperationDraft(OperationLog log) {
		this.log = log;
	}

	/**
	 * Finds the operation that is in progress on a subject.
	 */
	@Nullable OperationRecord findRunning(String subject) {
		OperationRecord latest = this.bySubject.get(subject);
		if (latest == null) {
			latest = this.log.findRunning(subject);
		}
		return (latest != null && latest.isRunning()) ? latest : null;
	}

	/**
	 * Returns how many operations are in progress, at most: some of them may end with
	 * this commit.
	 */
	int countRunning() {
		return this.log.countRunning() + this.byId.size();
	}

	void put(Operation operation, OperationCommand command) {
		OperationRecord entry = new OperationRecord(operation, command);
		this.byId.put(operation.id(), entry);
		this.bySubject.put(command.subject(), entry);
	}

	Collection<OperationRecord> changed() {
		return this.byId.values();
	}

}
