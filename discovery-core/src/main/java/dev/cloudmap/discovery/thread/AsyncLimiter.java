package dev.cloudmap.discovery.thread;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Limits the number of concurrent asynchronous operations. Further operations wait in
 * order without blocking a thread. Thread-safe.
 */
public final class AsyncLimiter {

	private final Object lock = new Object();

	private final Deque<CompletableFuture<Void>> waiting = new ArrayDeque<>();

	private final Executor executor;

	private int free;

	/**
	 * Creates the limiter.
	 * @param number the number of permits
	 * @param executor starts operations that had to wait
	 */
	public AsyncLimiter(int number, Executor executor) {
		this.free = number;
		this.executor = executor;
	}

	/**
	 * Starts an operation as soon as a permit is free, at once if one is free now.
	 */
	public <T> CompletionStage<T> run(Supplier<CompletionStage<T>> begin) {
		CompletableFuture<Void> permit = new CompletableFuture<>();
		boolean isFree;
		synchronized (this.lock) {
			isFree = this.free > 0;
			if (isFree) {
				this.free--;
			}
			else {
				this.waiting.add(permit);
			}
		}
		if (isFree) {
			permit.complete(null);
		}
		return permit.thenCompose((acquired) -> start(begin).whenComplete((value, failure) -> release()));
	}

	private static <T> CompletionStage<T> start(Supplier<CompletionStage<T>> begin) {
		try {
			return begin.get();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Passes the permit to the next operation. If the executor rejects it, since the
	 * application is stopping, all waiting operations fail.
	 */
	private void release() {
		for (CompletableFuture<Void> next = next(); next != null; next = next()) {
			CompletableFuture<Void> permit = next;
			try {
				this.executor.execute(() -> permit.complete(null));
				return;
			}
			catch (RejectedExecutionException ex) {
				permit.completeExceptionally(ex);
			}
		}
	}

	/**
	 * Removes the next waiting operation; null if none is waiting, in which case the
	 * permit becomes free.
	 */
	private @Nullable CompletableFuture<Void> next() {
		synchronized (this.lock) {
			CompletableFuture<Void> next = this.waiting.poll();
			if (next == null) {
				this.free++;
			}
			return next;
		}
	}

}
