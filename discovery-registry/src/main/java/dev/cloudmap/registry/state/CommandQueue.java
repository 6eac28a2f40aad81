package dev.cloudmap.registry.state;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands that wait for the writer thread, and that thread. It takes as many as are
 * there at a time, so that the cost of a commit is shared.
 */
final class CommandQueue implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(CommandQueue.class);

	/** More waiting commands than this are refused. */
	private static final int CAPACITY = 65_536;

	private static final int MAX_BATCH = 1024;

	private final BlockingQueue<Entry<?>> waiting = new ArrayBlockingQueue<>(CAPACITY);

	private final Consumer<List<Entry<?>>> writer;

	private final Thread thread;

	private volatile boolean closed;

	CommandQueue(Consumer<List<Entry<?>>> writer) {
		this.writer = writer;
		this.thread = new Thread(this::run, "registry-writer");
		this.thread.setDaemon(true);
		this.thread.start();
	}

	<R> CompletableFuture<R> add(Command<R> command) {
		Entry<R> entry = new Entry<>(command);
		enqueue(entry);
		return entry.future;
	}

	/**
	 * Adds a command whose outcome nobody waits for.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // the callback is all that matters
	void post(Command<?> command, Consumer<Throwable> onFailure) {
		Entry<?> entry = new Entry<>(command);
		entry.future.whenComplete((result, failure) -> {
			if (failure != null) {
				onFailure.accept(failure);
			}
		});
		enqueue(entry);
	}

	private void enqueue(Entry<?> entry) {
		if (this.closed) {
			entry.fail(closed());
		}
		else if (!this.waiting.offer(entry)) {
			entry.fail(new RegistryException(Fault.THROTTLING, "Rate exceeded"));
		}
		else if (this.closed && this.waiting.remove(entry)) {
			entry.fail(closed());
		}
	}

	private static IllegalStateException closed() {
		return new IllegalStateException("The registry is closed.");
	}

	private void run() {
		List<Entry<?>> batch = new ArrayList<>();
		while (!this.closed) {
			batch.clear();
			try {
				batch.add(this.waiting.take());
			}
			catch (InterruptedException ex) {
				// Nothing of ours interrupts this thread; it ends by close() alone.
				continue;
			}
			this.waiting.drainTo(batch, MAX_BATCH - 1);
			runBatch(batch);
		}
		for (Entry<?> entry = this.waiting.poll(); entry != null; entry = this.waiting.poll()) {
			entry.fail(closed());
		}
	}

	private void runBatch(List<Entry<?>> batch) {
		try {
			this.writer.accept(batch);
			batch.forEach(Entry::complete);
		}
		catch (JournalException ex) {
			// Logged by the journal's writer, once for all that it refuses.
			batch.forEach((entry) -> entry.fail(ex));
		}
		catch (RuntimeException | Error ex) {
			// Even of an error, for without this thread every caller would wait for ever.
			logger.error("The registry could not carry out {} commands", batch.size(), ex);
			batch.forEach((entry) -> entry.fail(ex));
		}
	}

	/**
	 * Lets the batch that is being carried out finish and refuses the rest: nobody is
	 * told of it any more, and a slow store would hold up the end.
	 */
	@Override
	public void close() {
		this.closed = true;
		// Wakes the thread without an interrupt, which would close the journal's file
		// under it. When the queue is full the thread is awake anyway.
		this.waiting.offer(new Entry<>((draft) -> ""));
		boolean interrupted = false;
		while (this.thread.isAlive()) {
			try {
				this.thread.join();
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * A command and the caller who waits for it.
	 */
	static final class Entry<R> {

		private final Command<R> command;

		private final CompletableFuture<R> future = new CompletableFuture<>();

		private @Nullable R result;

		private @Nullable RuntimeException refusal;

		private Entry(Command<R> command) {
			this.command = command;
		}

		void apply(Draft draft) {
			try {
				this.result = this.command.apply(draft);
			}
			catch (RegistryException ex) {
				this.refusal = ex;
			}
		}

		private void complete() {
			if (this.refusal != null) {
				this.future.completeExceptionally(this.refusal);
			}
			else {
				this.future.complete(this.result);
			}
		}

		private void fail(Throwable ex) {
			this.future.completeExceptionally(ex);
		}

	}

}
