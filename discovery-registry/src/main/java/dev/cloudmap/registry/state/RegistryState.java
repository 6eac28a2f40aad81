package dev.cloudmap.registry.state;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.operation.OperationCommand;
import dev.cloudmap.registry.state.operation.OperationExecutor;
import dev.cloudmap.registry.state.operation.OperationLog;
import dev.cloudmap.registry.state.operation.OperationRecord;
import dev.cloudmap.registry.state.snapshot.Change;
import dev.cloudmap.registry.state.snapshot.ChangeListener;
import dev.cloudmap.registry.state.snapshot.Command;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;
import dev.cloudmap.registry.state.snapshot.SnapshotRestorer;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;
import dev.cloudmap.registry.time.Scheduler;

/**
 * The content of the registry. Commands change it one after another on the writer thread.
 * Readers use the current {@link RegistrySnapshot} and never block.
 */
public final class RegistryState implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(RegistryState.class);

	private final JournalWriter journal;

	private final Supplier<Emulation> emulation;

	private final RegistryMode mode;

	private final OperationLog operations;

	private final OperationExecutor executor;

	private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();

	private final CommandQueue queue;

	private volatile RegistrySnapshot snapshot;

	/**
	 * Creates the state of an {@linkplain RegistryMode#EXTENDED extended} registry.
	 * @param journal stores changes before they are acknowledged
	 * @param scheduler runs the later steps of operations
	 * @param emulation returns the current emulation settings
	 */
	public RegistryState(Journal journal, Scheduler scheduler, Supplier<Emulation> emulation) {
		this(journal, scheduler, emulation, RegistryMode.EXTENDED);
	}

	/**
	 * Restores the state from the journal and starts to process commands.
	 * @param journal stores changes before they are acknowledged
	 * @param scheduler runs the later steps of operations
	 * @param emulation returns the current emulation settings
	 * @param mode the mode of the registry
	 */
	public RegistryState(Journal journal, Scheduler scheduler, Supplier<Emulation> emulation, RegistryMode mode) {
		Journal.Contents contents = journal.load();
		this.journal = new JournalWriter(journal, scheduler, this::acknowledged);
		this.emulation = emulation;
		this.mode = mode;
		this.snapshot = SnapshotRestorer.restore(contents.revision(), contents.namespaces(), contents.services(),
				contents.instances(), scheduler.now(), mode);
		this.operations = new OperationLog(contents.operations());
		this.queue = new CommandQueue(this::run);
		this.executor = new OperationExecutor(this.operations, scheduler, emulation, this.queue::post);
		this.executor.resume();
	}

	/**
	 * Returns the mode, which never changes.
	 * @return the mode
	 */
	public RegistryMode mode() {
		return this.mode;
	}

	/**
	 * Returns the current content.
	 * @return the current content
	 */
	public RegistrySnapshot snapshot() {
		return this.snapshot;
	}

	/**
	 * Finds an operation.
	 * @param id its id
	 * @return the operation, or null if there is none or it was evicted
	 */
	public @Nullable Operation findOperation(String id) {
		return this.operations.find(id);
	}

	/**
	 * Returns the operations in progress and the latest ended ones, in no particular
	 * order.
	 * @return the operations
	 */
	public Collection<Operation> operations() {
		return this.operations.all();
	}

	/**
	 * Adds a listener, which receives every later change.
	 * @param listener a listener
	 */
	public void addListener(ChangeListener listener) {
		this.listeners.add(listener);
	}

	/**
	 * Runs a command.
	 * @param <R> the type of the result
	 * @param command a command
	 * @return the result after it is stored and visible; fails with a
	 * {@link RegistryException} if the command is rejected
	 */
	public <R> CompletableFuture<R> submit(Command<R> command) {
		return this.queue.add(command);
	}

	/**
	 * Runs a command as an operation.
	 * @param command a command
	 * @return the id of the operation; fails with a {@link RegistryException} if the
	 * command is rejected
	 */
	public CompletableFuture<String> submit(OperationCommand command) {
		return this.queue.add((transaction) -> this.executor.begin(transaction, command));
	}

	/**
	 * Runs a batch of commands in one transaction with one commit to the journal.
	 */
	private void run(List<CommandQueue.Entry<?>> batch) {
		WriteTransaction transaction = new WriteTransaction(this.snapshot, this.emulation.get(), this.mode);
		List<Change> changes;
		try {
			batch.forEach((entry) -> entry.apply(transaction));
			changes = transaction.changes();
			List<OperationRecord> operationChanges = this.operations.pending();
			if (!changes.isEmpty() || !operationChanges.isEmpty()) {
				RegistrySnapshot next = transaction.snapshot();
				this.journal
					.commit(new Journal.Commit(next.revision(), changes, operationChanges, this.operations.evicted()));
				this.snapshot = next;
				this.operations.commit();
				changes.forEach((change) -> logger.debug("{}", change));
			}
		}
		finally {
			this.operations.rollback();
		}
		transaction.runAfterCommit();
		if (!changes.isEmpty()) {
			this.listeners.forEach((listener) -> notify(listener, changes));
		}
	}

	private Journal.Contents acknowledged() {
		RegistrySnapshot current = this.snapshot;
		return new Journal.Contents(current.revision(), List.copyOf(current.namespaces()),
				current.services().stream().map(ServiceState::service).toList(),
				current.services().stream().flatMap((service) -> service.instances().values().stream()).toList(),
				this.operations.records());
	}

	private void notify(ChangeListener listener, List<Change> changes) {
		try {
			listener.changed(this.snapshot, changes);
		}
		catch (RuntimeException ex) {
			logger.error("A listener failed to process changes of the registry", ex);
		}
	}

	/**
	 * Completes the commands in progress and rejects those in the queue. If the journal
	 * has failed, attempts to restore it. Does not close the journal.
	 */
	@Override
	public void close() {
		this.queue.close();
		this.journal.finish();
	}

}
