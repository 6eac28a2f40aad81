package dev.cloudmap.discovery.registry.consul;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.registry.watch.BlockingQuery;
import dev.cloudmap.discovery.registry.watch.BlockingQueryException;
import dev.cloudmap.discovery.registry.watch.BlockingQueryException.Kind;
import dev.cloudmap.discovery.thread.Futures;

/**
 * A blocking query of Consul. Consul adds up to a sixteenth to the wait.
 *
 * @param calls sends the query
 * @param requests creates requests, which may block for the name of the agent
 * @param path the path with its query
 * @param reader reads the result of an answer
 * @param <T> the type of the result
 */
record ConsulQuery<T>(ConsulCalls calls, Executor requests, String path,
		Function<ConsulAnswer, T> reader) implements BlockingQuery<T> {

	private static final int SERVER_ERRORS = 500;

	@Override
	public CompletableFuture<Answer<T>> send(long index, Duration wait) {
		CompletableFuture<Answer<T>> answer = new CompletableFuture<>();
		try {
			this.requests.execute(() -> exchange(index, wait, answer));
		}
		catch (RejectedExecutionException ex) {
			answer.completeExceptionally(
					new BlockingQueryException(Kind.UNREACHABLE, "too many other requests are waiting"));
		}
		return answer;
	}

	private void exchange(long index, Duration wait, CompletableFuture<Answer<T>> answer) {
		if (answer.isDone()) {
			return;
		}
		CompletableFuture<ConsulAnswer> sent = this.calls.query(ConsulOperation.WATCH, path(index, wait));
		var unused = sent.whenComplete((received, failure) -> {
			try {
				answer.complete(read(received, failure));
			}
			catch (RuntimeException ex) {
				answer.completeExceptionally(ex);
			}
		});
		var unusedCancellation = answer.whenComplete((result, failure) -> sent.cancel(true));
	}

	private String path(long index, Duration wait) {
		if (index == NO_INDEX || wait.isZero()) {
			return this.path;
		}
		return this.path + ((this.path.indexOf('?') >= 0) ? "&" : "?") + "index=" + index + "&wait=" + wait.toSeconds()
				+ "s";
	}

	private Answer<T> read(@Nullable ConsulAnswer answer, @Nullable Throwable failure) {
		if (answer == null) {
			throw new BlockingQueryException(Kind.UNREACHABLE, "it could not be reached: "
					+ ((failure != null) ? ConsulFailures.reason(Futures.cause(failure)) : "no answer"));
		}
		if (!answer.isOk()) {
			throw new BlockingQueryException((answer.status() >= SERVER_ERRORS) ? Kind.UNREACHABLE : Kind.REFUSED,
					"it answered with status " + answer.status() + ": " + answer.excerpt(), answer.index());
		}
		if (!answer.leader()) {
			throw new BlockingQueryException(Kind.UNREACHABLE, "it has no cluster leader", answer.index());
		}
		return new Answer<>(answer.index(), this.reader.apply(answer));
	}

}
