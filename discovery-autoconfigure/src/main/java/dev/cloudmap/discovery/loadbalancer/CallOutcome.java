package dev.cloudmap.discovery.loadbalancer;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.Locale;
import java.util.OptionalInt;
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

	/** Nothing is known of the instance: the caller gave up, or failed itself. */
	UNKNOWN;

	private static final int FIRST_SERVER_ERROR = 500;

	/** How far behind a failure its cause is looked for. */
	private static final int MAX_CAUSES = 10;

	/**
	 * Whether it speaks against the instance.
	 */
	public boolean isFailure() {
		return this != ANSWERED && this != UNKNOWN;
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
	 * What became of a call that failed.
	 * @param failure the failure as the client has told it; null if it has told none
	 */
	public static CallOutcome ofFailure(@Nullable Throwable failure) {
		CallOutcome found = UNKNOWN;
		Throwable cause = failure;
		for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
			CallOutcome outcome = ofCause(cause);
			if (outcome == NOT_CONNECTED) {
				return NOT_CONNECTED;
			}
			// what is furthest behind is meant most exactly, but a time-out is often
			// an IOException behind itself
			found = (outcome == UNKNOWN || (found == TIMED_OUT && outcome == BROKEN)) ? found : outcome;
			cause = cause.getCause();
		}
		return found;
	}

	private static CallOutcome ofCause(Throwable cause) {
		if (cause instanceof ConnectException || cause instanceof NoRouteToHostException
				|| cause instanceof UnknownHostException || cause instanceof HttpConnectTimeoutException
				|| (cause instanceof SocketTimeoutException timeout && isOfConnect(timeout))) {
			return NOT_CONNECTED;
		}
		if (cause instanceof SocketTimeoutException || cause instanceof HttpTimeoutException
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
