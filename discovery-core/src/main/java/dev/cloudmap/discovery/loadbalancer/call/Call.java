package dev.cloudmap.discovery.loadbalancer.call;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.client.loadbalancer.RetryableRequestContext;

import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.loadbalancer.name.UnresolvedNameException;
import dev.cloudmap.discovery.loadbalancer.outlier.Attempt;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.loadbalancer.outlier.CallOutcome;
import dev.cloudmap.discovery.loadbalancer.outlier.InstanceKey;
import dev.cloudmap.discovery.thread.Durations;

/**
 * One call of a service, which consists of one or several attempts. It measures the
 * remaining time, and decides whether the request is sent again. Used by one thread at a
 * time.
 */
public final class Call {

	/** The attribute of a reactive request with its call. */
	public static final String ATTRIBUTE = Call.class.getName();

	/**
	 * The methods of requests that an instance may receive although they were abandoned
	 * there.
	 */
	private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

	/** The call of a blocking client, whose requests have no attributes. */
	private static final ThreadLocal<@Nullable Call> current = new ThreadLocal<>();

	/**
	 * The longest time to read an unused answer, so that its connection can be reused.
	 */
	private static final Duration MAX_DISCARD = Duration.ofSeconds(1);

	private final String serviceId;

	private final WatchedService service;

	private final String method;

	private final CallSettings settings;

	private final Retries retries;

	private final LongSupplier ticker;

	private final long began;

	private int attempts;

	private volatile @Nullable Attempt attempt;

	/** Ends the current attempt within the client library; null if it needs none. */
	private volatile @Nullable Runnable abort;

	/**
	 * Creates a call that begins now.
	 * @param serviceId the name of the service as it is called
	 * @param service the service
	 * @param elsewhere its instances that other discovery clients have found
	 * @param method the HTTP method
	 * @param settings the timeouts and the retry policy
	 * @param budget limits retries
	 * @param listener receives retries
	 * @param ticker the monotonic time in nanoseconds
	 */
	Call(String serviceId, WatchedService service, Supplier<List<ServiceInstance>> elsewhere, String method,
			CallSettings settings, RetryBudget budget, CallListener listener, LongSupplier ticker) {
		this.serviceId = serviceId;
		this.service = service;
		this.method = method;
		this.settings = settings;
		this.retries = new Retries(service, elsewhere, settings.retry(), budget, listener, ticker);
		this.ticker = ticker;
		this.began = ticker.getAsLong();
	}

	/**
	 * The instances to which a request was sent before.
	 * @param request the request for which an instance is chosen
	 * @return their keys; empty for a first attempt
	 */
	public static Set<InstanceKey> tried(Request<?> request) {
		Call call = current.get();
		ServiceInstance previous = null;
		if (request.getContext() instanceof RequestDataContext context) {
			RequestData data = context.getClientRequest();
			if (data != null && data.getAttributes() != null
					&& data.getAttributes().get(ATTRIBUTE) instanceof Call reactive) {
				call = reactive;
			}
			previous = (context instanceof RetryableRequestContext retry) ? retry.getPreviousServiceInstance() : null;
		}
		Set<InstanceKey> tried = (call != null) ? call.retries.tried() : Set.of();
		if (previous == null) {
			return tried;
		}
		Set<InstanceKey> all = new HashSet<>(tried);
		all.add(InstanceKey.of(previous));
		return all;
	}

	/**
	 * The call of this thread; null if there is none.
	 */
	public static @Nullable Call current() {
		return current.get();
	}

	/**
	 * Makes this the call of this thread for a time. Another call that is made meanwhile,
	 * such as for a token, replaces it for its own time.
	 */
	public <T> T within(Sending<T> sending) throws IOException {
		Call outer = current.get();
		current.set(this);
		try {
			return sending.send();
		}
		finally {
			if (outer != null) {
				current.set(outer);
			}
			else {
				current.remove();
			}
		}
	}

	public String serviceId() {
		return this.serviceId;
	}

	WatchedService service() {
		return this.service;
	}

	public CallTimeouts timeouts() {
		return this.settings.timeouts();
	}

	/**
	 * Begins an attempt.
	 * @param instance the instance that was chosen for it
	 */
	public void sentTo(ServiceInstance instance) {
		this.retries.sentTo(instance);
		this.attempts++;
		this.abort = null;
		Attempt chosen = Attempt.of(instance);
		this.attempt = chosen;
		if (chosen != null) {
			chosen.begin();
		}
	}

	/**
	 * The number of attempts that have begun.
	 */
	public int attempts() {
		return this.attempts;
	}

	/**
	 * Closes the attempt with an answer.
	 */
	public void answered(int status) {
		close(CallOutcome.ofStatus(status), status);
	}

	/**
	 * Closes the attempt with a failure.
	 */
	public void failed(Throwable failure) {
		close(CallOutcome.ofFailure(failure), Attempt.NONE);
	}

	/**
	 * Explains a failure of the last attempt.
	 * @return the exception to throw if the client can't resolve the name of the
	 * instance; null for other failures
	 */
	public @Nullable UnresolvedNameException unresolvedName(Throwable failure) {
		Attempt last = this.attempt;
		return (last != null) ? UnresolvedNameException.of(last, failure) : null;
	}

	/**
	 * Closes the attempt, since the caller does not wait any more.
	 */
	public void cancelled() {
		close(CallOutcome.UNKNOWN, Attempt.NONE);
	}

	private void close(CallOutcome outcome, int status) {
		Attempt chosen = this.attempt;
		if (chosen != null) {
			chosen.close(outcome, status);
		}
	}

	/**
	 * Lets the current attempt be abandoned while it waits for the first byte of the
	 * answer: if its instance is unresponsive, the method is safe, and the request can be
	 * sent to another instance within the retry budget.
	 * @param body whether the body can be sent again
	 * @param abandon ends the attempt with {@link #abandoned()}. It is called once at
	 * most, by any thread, also by this method. Must not block
	 * @return ends the wait
	 */
	public Runnable await(Supplier<Body> body, Runnable abandon) {
		Attempt waiting = this.attempt;
		if (waiting == null || !SAFE_METHODS.contains(this.method)
				|| !this.settings.retry().allows(this.method, CallOutcome.TIMED_OUT)) {
			return () -> {
			};
		}
		Runnable ifAllowed = () -> {
			if (this.retries.allows(this, CallOutcome.TIMED_OUT, body.get())) {
				abandon.run();
			}
		};
		waiting.await(ifAllowed);
		return () -> waiting.endWait(ifAllowed);
	}

	/**
	 * The exception of an attempt that was abandoned.
	 */
	public AbandonedException abandoned() {
		return new AbandonedException(this + " was abandoned, since the instance is unresponsive");
	}

	/**
	 * Sets how the client library ends the current attempt, in addition to an interrupt.
	 * @param abort closes the connection; is called by another thread; must not block
	 */
	public void abortBy(Runnable abort) {
		this.abort = abort;
	}

	/**
	 * Ends the current attempt within the client library, if it needs more than an
	 * interrupt.
	 * @return whether the library has closed the connection
	 */
	public boolean abort() {
		Runnable known = this.abort;
		if (known != null) {
			known.run();
		}
		return known != null;
	}

	/**
	 * The time that is left for an answer, not negative; null without limit.
	 */
	public @Nullable Duration remaining() {
		Duration request = timeouts().request();
		if (request == null) {
			return null;
		}
		Duration left = request.minusNanos(this.ticker.getAsLong() - this.began);
		return left.isNegative() ? Duration.ZERO : left;
	}

	/**
	 * The read timeout of a client that has one for the answer and for more of it; null
	 * without limit.
	 */
	public @Nullable Duration readTimeout() {
		return CallTimeouts.shorter(remaining(), timeouts().idle());
	}

	/**
	 * The time to read an answer that is not used, so that its connection can be reused.
	 */
	public Duration discardTimeout() {
		Duration read = readTimeout();
		return (read != null) ? Durations.shorter(read, MAX_DISCARD) : MAX_DISCARD;
	}

	public String lateMessage() {
		return this + " was not answered within " + millis(timeouts().request()) + " ms"
				+ ((this.attempts > 1) ? " by any of " + this.attempts + " instances" : "")
				+ ": discovery.load-balancer.timeout.request sets the limit";
	}

	public String unconnectedMessage() {
		return this + " could not connect within " + millis(timeouts().connect())
				+ " ms: discovery.load-balancer.timeout.connect sets the limit";
	}

	public String idleMessage() {
		return "The answer to " + this + " was idle for " + millis(timeouts().idle())
				+ " ms: discovery.load-balancer.timeout.idle sets the limit";
	}

	private static long millis(@Nullable Duration duration) {
		return (duration != null) ? duration.toMillis() : 0;
	}

	/**
	 * Decides whether the request is sent to another instance after a failure, and counts
	 * it as a retry.
	 * @param failure the failure of the attempt
	 * @param body whether the body can be sent again
	 */
	public boolean retries(Throwable failure, Body body) {
		CallOutcome outcome = CallOutcome.ofFailure(failure);
		if (AbandonedException.isCauseOf(failure)) {
			// it was abandoned since this is allowed
			return !Thread.currentThread().isInterrupted() && this.retries.count(this, outcome);
		}
		return this.settings.retry().allows(this.method, outcome) && retries(outcome, body);
	}

	/**
	 * Decides whether the request is sent to another instance after an answer, and counts
	 * it as a retry.
	 * @param status the HTTP status of the answer
	 * @param body whether the body can be sent again
	 */
	public boolean retries(int status, Body body) {
		return this.settings.retry().allows(this.method, status) && retries(CallOutcome.SERVER_ERROR, body);
	}

	private boolean retries(CallOutcome outcome, Body body) {
		if (Thread.currentThread().isInterrupted()) {
			return this.retries.refuse(this, outcome, "the thread was interrupted");
		}
		return this.retries.allows(this, outcome, body) && this.retries.count(this, outcome);
	}

	@Override
	public String toString() {
		return this.method + " to " + this.service.name();
	}

	/**
	 * Whether a request's body can be sent again.
	 */
	public enum Body {

		/** It can, or there is none. */
		REPEATABLE,

		/** It was a stream that has been read. */
		SPENT

	}

	/**
	 * Sends a request.
	 *
	 * @param <T> the type of the response
	 */
	public interface Sending<T> {

		T send() throws IOException;

	}

}
