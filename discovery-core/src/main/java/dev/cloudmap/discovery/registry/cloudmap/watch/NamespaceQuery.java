package dev.cloudmap.discovery.registry.cloudmap.watch;

import java.net.ConnectException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.registry.JsonObjects;
import dev.cloudmap.discovery.registry.cloudmap.call.CloudMapCalls;
import dev.cloudmap.discovery.registry.http.LimitedBody;
import dev.cloudmap.discovery.registry.http.ProxyRoute;
import dev.cloudmap.discovery.registry.watch.BlockingQuery;
import dev.cloudmap.discovery.registry.watch.BlockingQueryException.Kind;
import dev.cloudmap.discovery.registry.watch.BlockingQueryException;
import dev.cloudmap.discovery.thread.Futures;

/**
 * The query for the changes of a namespace (docs/registry.md, "Watching").
 */
record NamespaceQuery(WatchRequest request, Namespace namespace,
		WatchClient client) implements BlockingQuery<ChangedServices> {

	/** The registry's answers are at most 0.8 MB, and usually less than 100 bytes. */
	static final int MAX_LENGTH = 1024 * 1024;

	private static final int OK = 200;

	private static final int NOT_FOUND = 404;

	private static final int SERVER_ERRORS = 500;

	@Override
	public CompletableFuture<Answer<ChangedServices>> send(long index, Duration wait) {
		CompletableFuture<Answer<ChangedServices>> answer = new CompletableFuture<>();
		try {
			this.client.requests().execute(() -> exchange(index, wait, answer));
		}
		catch (RejectedExecutionException ex) {
			answer.completeExceptionally(
					new BlockingQueryException(Kind.UNREACHABLE, "too many other requests are waiting"));
		}
		return answer;
	}

	private void exchange(long index, Duration wait, CompletableFuture<Answer<ChangedServices>> answer) {
		if (answer.isDone()) {
			return;
		}
		HttpRequest http;
		CompletableFuture<HttpResponse<byte[]>> exchange;
		try {
			http = this.request.toHttp(this.namespace, index, wait);
			exchange = this.client.http().sendAsync(http, (info) -> new LimitedBody(MAX_LENGTH));
		}
		catch (RuntimeException ex) {
			answer.completeExceptionally(
					new BlockingQueryException(Kind.REFUSED, "the request could not be sent: " + ex.getMessage()));
			return;
		}
		// the JDK's client completes the future on a thread of its own
		var unused = exchange.whenCompleteAsync((response, failure) -> {
			try {
				answer.complete(read(http, response, failure));
			}
			catch (RuntimeException ex) {
				answer.completeExceptionally(ex);
			}
		}, this.client.answers());
		var unusedCancellation = answer.whenComplete((result, failure) -> exchange.cancel(true));
	}

	private Answer<ChangedServices> read(HttpRequest http, @Nullable HttpResponse<byte[]> response,
			@Nullable Throwable failure) {
		if (response == null) {
			throw new BlockingQueryException(Kind.UNREACHABLE, "it could not be reached"
					+ ProxyRoute.describe(ProxyRoute.ofJvm(http.uri())) + ": " + describe(failure));
		}
		if (!this.request.isGenuine(http, response.headers())) {
			throw new BlockingQueryException(Kind.UNREACHABLE, "the answer did not prove that it has the secret");
		}
		return read(response.statusCode(), response.headers(), new String(response.body(), StandardCharsets.UTF_8));
	}

	/**
	 * Reads an answer.
	 * @throws BlockingQueryException if it reports no changes
	 */
	static Answer<ChangedServices> read(int status, HttpHeaders headers, String body) {
		Map<String, Object> members = JsonObjects.parse(body);
		if (status == OK && members.get("revision") instanceof Number revision && revision.longValue() >= 0) {
			return new Answer<>(revision.longValue(), ChangedServices.read(members));
		}
		Object message = members.containsKey("message") ? members.get("message") : members.get("Message");
		throw new BlockingQueryException(kind(status, members),
				"it answered with status " + status
						+ ((message != null) ? ": " + message.toString().lines().findFirst().orElse("") : ""),
				revision(headers));
	}

	private static Kind kind(int status, Map<String, Object> members) {
		if (status == NOT_FOUND || String.valueOf(members.get("__type")).endsWith("NamespaceNotFound")) {
			return Kind.NOT_FOUND;
		}
		return (status >= SERVER_ERRORS) ? Kind.UNREACHABLE : Kind.REFUSED;
	}

	private static long revision(HttpHeaders headers) {
		try {
			return headers.firstValueAsLong(CloudMapCalls.REVISION_HEADER).orElse(NO_INDEX);
		}
		catch (NumberFormatException ex) {
			return NO_INDEX;
		}
	}

	/**
	 * Describes a failure of the JDK's client, which often has no message.
	 */
	static String describe(@Nullable Throwable failure) {
		Throwable cause = (failure != null) ? Futures.cause(failure) : null;
		if (cause != null && cause.getMessage() != null) {
			return cause.getMessage();
		}
		if (cause instanceof ConnectException) {
			return "no connection could be opened";
		}
		return (cause instanceof ClosedChannelException) ? "the connection was closed" : String.valueOf(cause);
	}

}
