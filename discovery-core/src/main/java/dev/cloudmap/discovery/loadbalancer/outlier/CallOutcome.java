package dev.cloudmap.discovery.loadbalancer.outlier;

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
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of a request to an instance.
 */
public enum CallOutcome {

	/** The instance answered with another status than 5xx. */
	ANSWERED,

	/** The instance answered with 5xx. */
	SERVER_ERROR,

	/** There was no connection, so the instance has received nothing. */
	NOT_CONNECTED,

	/** There was a connection, but no answer in time. */
	TIMED_OUT,

	/** The connection broke before the answer. */
	BROKEN,

	/**
	 * Nothing was sent, since the client's connection pool is exhausted or closed. This
	 * says nothing about the instance.
	 */
	NOT_SENT,

	/** The caller gave up or failed. This says nothing about the instance. */
	UNKNOWN;

	private static final int FIRST_SERVER_ERROR = 500;

	/** The number of nested causes that are examined. */
	private static final int MAX_CAUSES = 10;

	/**
	 * The exceptions of connection pools of Apache's client and Reactor Netty, which need
	 * not be present.
	 */
	private static final Set<String> OF_POOLS = Set.of("ConnectionRequestTimeoutException", "PoolShutdownException",
			"PoolAcquireTimeoutException", "PoolAcquirePendingLimitException");

	/**
	 * The exceptions that clients throw for a failed request. As a cause, such an
	 * exception belongs to another request, which an interceptor has sent, such as for a
	 * token.
	 */
	private static final Set<String> OF_REQUESTS = Set.of("ResourceAccessException", "WebClientRequestException");

	/**
	 * Whether the instance has failed.
	 */
	public boolean isFailure() {
		return this != ANSWERED && isOfInstance();
	}

	/**
	 * Whether it says anything about the instance.
	 */
	public boolean isOfInstance() {
		return this != NOT_SENT && this != UNKNOWN;
	}

	/**
	 * Whether the instance may have received the request.
	 */
	public boolean isSent() {
		return this != NOT_CONNECTED && this != NOT_SENT;
	}

	/**
	 * The outcome of a request that was answered.
	 * @param status the HTTP status
	 */
	public static CallOutcome ofStatus(int status) {
		return (status >= FIRST_SERVER_ERROR) ? SERVER_ERROR : ANSWERED;
	}

	/**
	 * The outcome of a request that failed. An interrupted or cancelled caller does not
	 * count against the instance, nor does the failure of another request that was sent
	 * before, such as for a token.
	 * @param failure the exception of the client; null if there is none
	 */
	public static CallOutcome ofFailure(@Nullable Throwable failure) {
		CallOutcome found = UNKNOWN;
		Throwable cause = failure;
		for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
			if (i > 0 && OF_REQUESTS.contains(cause.getClass().getSimpleName())) {
				return UNKNOWN;
			}
			if (isInterruption(cause)) {
				// this library also interrupts the thread of a call at its deadline
				return (found == TIMED_OUT) ? TIMED_OUT : UNKNOWN;
			}
			CallOutcome outcome = ofCause(cause);
			if (outcome == NOT_CONNECTED || outcome == NOT_SENT) {
				return outcome;
			}
			// the innermost cause is the most exact, but that of a timeout is often a
			// plain IOException
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

	/** OkHttp has no class for timeouts. */
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
	 * Only the message of the JDK, Jetty and Apache's client says whether the connection
	 * or the answer timed out.
	 */
	private static boolean isOfConnect(SocketTimeoutException timeout) {
		return String.valueOf(timeout.getMessage()).toLowerCase(Locale.ROOT).startsWith("connect");
	}

	/**
	 * Netty need not be present.
	 */
	private static boolean isNettyTimeout(Throwable cause) {
		return cause.getClass().getName().startsWith("io.netty.")
				&& cause.getClass().getSimpleName().contains("Timeout");
	}

}
