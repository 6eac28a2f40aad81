package dev.cloudmap.registry.state;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry's content. Commands change it one after another; readers take the current
 * {@link Snapshot} and never wait.
 */
public final class RegistryState implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(RegistryState.class);

	private final JournalWriter journal;

	private final Supplier<Realism> realism;

	private final RegistryMode mode;

	private final OperationLog operationLog;

	private final Operations operations;

	private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();

	private final CommandQueue queue;

	private volatile Snapshot snapshot;

	/**
	 * Creates the state of an {@linkplain RegistryMode#EXTENDED extended} registry.
	 * @param journal keeps changes before they are acknowledged
	 * @param timeline where time comes from
	 * @param realism tells the realism in force
	 */
	public RegistryState(Journal journal, Timeline timeline, Supplier<Realism> realism) {
		this(journal, timeline, realism, RegistryMode.EXTENDED);
	}

	/**
	 * Creates the state from what the journal has kept and begins to take commands.
	 * @param journal keeps changes before they are acknowledged
	 * @param timeline where time comes from
	 * @param realism tells the realism in force
	 * @param mode what the registry does beyond Cloud Map
	 */
	public RegistryState(Journal journal, Timeline timeline, Supplier<Realism> realism, RegistryMode mode) {
		Journal.Contents contents = journal.load();
		this.journal = new JournalWriter(journal, timeline, this::acknowledged);
		this.realism = realism;
		this.mode = mode;
		this.snapshot = Restoration.restore(contents, timeline.now(), mode);
		this.operationLog = new OperationLog(contents.operations());
		this.queue = new CommandQueue(this::run);
		this.operations = new Operations(this.operationLog, timeline, realism, this.queue);
		this.operations.resume();
	}

	/**
	 * Returns what the registry does beyond Cloud Map.
	 * @return the mode, which never changes
	 */
	public RegistryMode mode() {
		return this.mode;
	}

	/**
	 * Returns the current content, without waiting.
	 * @return the current content
	 */
	public Snapshot snapshot() {
		return this.snapshot;
	}

	/**
	 * Finds an operation.
	 * @param id its id
	 * @return the operation, or null when there is none or it ended long ago
	 */
	public @Nullable Operation findOperation(String id) {
		return this.operations.find(id);
	}

	/**
	 * Returns all operations that are in progress or ended of late.
	 * @return the operations, in no particular order
	 */
	public Collection<Operation> operations() {
		return this.operations.all();
	}

	/**
	 * Adds a listener, which learns of every change from now on.
	 * @param listener a listener
	 */
	public void addListener(ChangeListener listener) {
		this.listeners.add(listener);
	}

	/**
	 * Has a command carried out.
	 * @param <R> what the command gives
	 * @param command a command
	 * @return what the command gave, once it is kept and visible; a
	 * {@link RegistryException} when it was refused
	 */
	public <R> CompletableFuture<R> submit(Command<R> command) {
		return this.queue.add(command);
	}

	/**
	 * Has a command carried out as an operation.
	 * @param command a command
	 * @return the operation's id; a {@link RegistryException} when it was refused
	 */
	public CompletableFuture<String> submit(OperationCommand command) {
		return this.queue.add((draft) -> this.operations.begin(draft, command));
	}

	/**
	 * Carries out a batch of commands: all of them share one draft, one commit to the
	 * journal and one new snapshot.
	 */
	private void run(List<CommandQueue.Entry<?>> batch) {
		Draft draft = new Draft(this.snapshot, new OperationDraft(this.operationLog), this.realism.get(), this.mode);
		batch.forEach((entry) -> entry.apply(draft));
		List<Change> changes = draft.changes();
		List<OperationRecord> operationChanges = List.copyOf(draft.operations().changed());
		if (!changes.isEmpty() || !operationChanges.isEmpty()) {
			Snapshot next = draft.seal();
			List<String> forgotten = this.operationLog.outlivedBy(operationChanges);
			this.journal.commit(new Journal.Commit(next.revision(), changes, operationChanges, forgotten));
			this.snapshot = next;
			this.operationLog.commit(operationChanges, forgotten);
			changes.forEach((change) -> logger.debug("{}", change));
		}
		draft.committedActions().forEach(Runnable::run);
		if (!changes.isEmpty()) {
			this.listeners.forEach((listener) -> tell(listener, changes));
		}
	}

	private Journal.Contents acknowledged() {
		Snapshot current = this.snapshot;
		return new Journal.Contents(current.revision(), List.copyOf(current.namespaces()),
				current.services().stream().map(ServiceState::service).toList(),
				current.services().stream().flatMap((service) -> service.instances().values().stream()).toList(),
				this.operationLog.records());
	}

	private void tell(ChangeListener listener, List<Change> changes) {
		try {
			listener.changed(this.snapshot, changes);
		}
		catch (RuntimeException ex) {
			logger.error("A listener failed on a change of the registry", ex);
		}
	}

	/**
	 * Stops taking commands, lets those finish that are being carried out, and refuses
	 * those that wait. If the journal has failed, makes a last attempt to write all that
	 * was acknowledged. The journal stays open.
	 */
	@Override
	public void close() {
		this.queue.close();
		this.journal.finish();
	}

}
