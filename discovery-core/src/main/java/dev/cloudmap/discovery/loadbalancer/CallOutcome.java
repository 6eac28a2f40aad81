package dev.cloudmap.discovery.loadbalancer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.loadbalancer.CompletionContext;

/**
 * What became of a call to an instance. It goes by the response's status where there is
 * one, since Spring Cloud LoadBalancer reports an answer of 500 to a blocking client as a
 * success.
 */
public enum CallOutcome {

	/** The instance has answered, and not with 5xx. */
	ANSWERED,

	/** The instance has answered with 5xx. */
	SERVER_ERROR,

	/** There was no connection: the instance has seen nothing of the request. */
	NOT_CONNECTED,

	/** There was a connection, and no answer in time. */
	TIMED_OUT,

	/** The connection broke before the answer came. */
	BROKEN,

	/**
	 * Nothing was sent, for want of a connection of the caller's own: all are in use, or
	 * were closed since the instance has left. Nothing is known of the instance.
	 */
	NOT_SENT,

	/** Nothing is known of the instance: the caller gave up, or failed itself. */
	UNKNOWN;

	private static final int FIRST_SERVER_ERROR = 500;

	/** How far behind a failure its cause is looked for. */
	private static final int MAX_CAUSES = 10;

	/**
	 * What a client's pool of connections throws, by its simple name: of Apache's client,
	 * and of Reactor Netty, which need not be there.
	 */
	private static final Set<String> OF_POOLS = Set.of("ConnectionRequestTimeoutException", "PoolShutdownException",
			"PoolAcquireTimeoutException", "PoolAcquirePendingLimitException");

	/**
	 * What a client throws for a request of its own, by its simple name. Behind anything
	 * else it is of another request, which an interceptor has sent, such as for a token.
	 */
	private static final Set<String> OF_REQUESTS = Set.of("ResourceAccessException", "WebClientRequestException");

	/**
	 * Whether it speaks against the instance.
	 */
	public boolean isFailure() {
		return this != ANSWERED && isOfInstance();
	}

	/**
	 * Whether it tells anything of the instance.
	 */
	public boolean isOfInstance() {
		return this != NOT_SENT && this != UNKNOWN;
	}

	/**
	 * Whether the instance may have seen anything of the request.
	 */
	public boolean isSent() {
		return this != NOT_CONNECTED && this != NOT_SENT;
	}

	/**
	 * What became of a call.
	 * @param completion how Spring Cloud LoadBalancer says that it ended; not null
	 */
	public static CallOutcome of(CompletionContext<?, ?, ?> completion) {
		OptionalInt status = CallStatus.of(completion);
		if (status.isPresent()) {
			return ofStatus(status.getAsInt());
		}
		return switch (completion.status()) {
			case SUCCESS -> ANSWERED;
			case DISCARD -> UNKNOWN;
			case FAILED -> ofFailure(completion.getThrowable());
		};
	}

	/**
	 * What became of a call that was answered.
	 * @param status the HTTP status
	 */
	public static CallOutcome ofStatus(int status) {
		return (status >= FIRST_SERVER_ERROR) ? SERVER_ERROR : ANSWERED;
	}

	/**
	 * What became of a call that failed. It is not held against the instance that the
	 * caller was interrupted or has cancelled the call, nor that a request failed which
	 * was sent before it, such as for a token.
	 * @param failure the failure as the client has told it; null if it has told none
	 */
	public static CallOutcome ofFailure(@Nullable Throwable failure) {
		CallOutcome found = UNKNOWN;
		Throwable cause = failure;
		for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
			if (i > 0 && OF_REQUESTS.contains(cause.getClass().getSimpleName())) {
				return UNKNOWN;
			}
			if (isInterruption(cause)) {
				// to interrupt a call is also how this library ends a late one
				return (found == TIMED_OUT) ? TIMED_OUT : UNKNOWN;
			}
			CallOutcome outcome = ofCause(cause);
			if (outcome == NOT_CONNECTED || outcome == NOT_SENT) {
				return outcome;
			}
			// what is furthest behind is meant most exactly, but a time-out is often
			// an IOException behind itself
			found = (outcome == UNKNOWN || (found == TIMED_OUT && outcome == BROKEN)) ? found : outcome;
			cause = cause.getCause();
		}
		return found;
	}

	private static boolean isInterruption(Throwable cause) {
		return cause instanceof InterruptedException || cause instanceof CancellationException
				|| cause instanceof ClosedByInterruptException
				|| (cause.getClass().equals(InterruptedIOException.class) && !isOfTime(cause));
	}

	/** OkHttp has no class for what took too long. */
	private static boolean isOfTime(Throwable cause) {
		return "timeout".equals(cause.getMessage());
	}

	private static CallOutcome ofCause(Throwable cause) {
		if (OF_POOLS.contains(cause.getClass().getSimpleName())) {
			return NOT_SENT;
		}
		if (cause instanceof ConnectException || cause instanceof NoRouteToHostException
				|| cause instanceof UnknownHostException || cause instanceof HttpConnectTimeoutException
				|| (cause instanceof SocketTimeoutException timeout && isOfConnect(timeout))) {
			return NOT_CONNECTED;
		}
		if (cause instanceof InterruptedIOException || cause instanceof HttpTimeoutException
				|| cause instanceof TimeoutException || isNettyTimeout(cause)) {
			return TIMED_OUT;
		}
		return (cause instanceof IOException) ? BROKEN : UNKNOWN;
	}

	/**
	 * The JDK, Jetty and Apache's client tell by the message alone whether it was the
	 * connection or an answer that did not come in time.
	 */
	private static boolean isOfConnect(SocketTimeoutException timeout) {
		return String.valueOf(timeout.getMessage()).toLowerCase(Locale.ROOT).startsWith("connect");
	}

	/**
	 * Netty, which need not be there, has time-outs of its own
	 * ({@code ReadTimeoutException}).
	 */
	private static boolean isNettyTimeout(Throwable cause) {
		return cause.getClass().getName().startsWith("io.netty.")
				&& cause.getClass().getSimpleName().contains("Timeout");
	}

}
