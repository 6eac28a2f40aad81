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

import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.snapshot.Command;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * The queue of commands and the writer thread, which processes all waiting commands in
 * one batch to share the cost of a commit.
 */
final class CommandQueue implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(CommandQueue.class);

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
		if (this.closed) {
			entry.fail(closed());
		}
		else if (!this.waiting.offer(entry)) {
			entry.fail(new RegistryException(ErrorType.THROTTLING, "Rate exceeded"));
		}
		else if (this.closed && this.waiting.remove(entry)) {
			entry.fail(closed());
		}
		return entry.future;
	}

	/**
	 * Adds a command that no client waits for.
	 * @param command the command
	 * @param onFailure called after the command has failed
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // the callback handles the result
	void post(Command<?> command, Runnable onFailure) {
		add(command).whenComplete((result, failure) -> {
			if (failure != null) {
				logger.atLevel(JournalException.level(failure))
					.log("The registry could not store the progress of an operation: {}", String.valueOf(failure));
				onFailure.run();
			}
		});
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
				// Only close() ends this thread.
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
			// The journal writer logs it.
			batch.forEach((entry) -> entry.fail(ex));
		}
		catch (RuntimeException | Error ex) {
			// An error must not end the writer thread: all later commands would wait for
			// ever.
			logger.error("The registry failed to process {} commands", batch.size(), ex);
			batch.forEach((entry) -> entry.fail(ex));
		}
	}

	/**
	 * Completes the current batch and rejects the waiting commands.
	 */
	@Override
	public void close() {
		this.closed = true;
		// Wakes the thread. An interrupt would close the file of the journal.
		this.waiting.offer(new Entry<>((transaction) -> ""));
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
	 * A command and its result.
	 */
	static final class Entry<R> {

		private final Command<R> command;

		private final CompletableFuture<R> future = new CompletableFuture<>();

		private @Nullable R result;

		private @Nullable RuntimeException rejection;

		private Entry(Command<R> command) {
			this.command = command;
		}

		void apply(WriteTransaction transaction) {
			try {
				this.result = this.command.apply(transaction);
			}
			catch (RegistryException ex) {
				this.rejection = ex;
			}
		}

		private void complete() {
			if (this.rejection != null) {
				this.future.completeExceptionally(this.rejection);
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
