package dev.cloudmap.discovery.lookup.dns;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Lets so many things go on at a time. What comes later waits for its place, first come
 * first served, and no thread with it.
 */
final class AsyncLimiter {

	private final Object lock = new Object();

	private final Deque<CompletableFuture<Void>> waiting = new ArrayDeque<>();

	private final Executor executor;

	private int free;

	/**
	 * Creates free places.
	 * @param number how many
	 * @param executor begins what had to wait
	 */
	AsyncLimiter(int number, Executor executor) {
		this.free = number;
		this.executor = executor;
	}

	/**
	 * Begins something when there is a place for it, at once where there is one now.
	 */
	<T> CompletionStage<T> take(Supplier<CompletionStage<T>> begin) {
		CompletableFuture<Void> place = new CompletableFuture<>();
		boolean isFree;
		synchronized (this.lock) {
			isFree = this.free > 0;
			if (isFree) {
				this.free--;
			}
			else {
				this.waiting.add(place);
			}
		}
		if (isFree) {
			place.complete(null);
		}
		return place.thenCompose((given) -> given(begin).whenComplete((value, failure) -> giveBack()));
	}

	private static <T> CompletionStage<T> given(Supplier<CompletionStage<T>> begin) {
		try {
			return begin.get();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Where nothing can begin any more, since the application stops, everyone who waits
	 * is told so.
	 */
	private void giveBack() {
		for (CompletableFuture<Void> next = next(); next != null; next = next()) {
			CompletableFuture<Void> place = next;
			try {
				this.executor.execute(() -> place.complete(null));
				return;
			}
			catch (RejectedExecutionException ex) {
				place.completeExceptionally(ex);
			}
		}
	}

	/**
	 * Who is to have a place that was given back; null if nobody waits and it is free.
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
