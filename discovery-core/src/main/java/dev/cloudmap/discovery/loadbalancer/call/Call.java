package dev.cloudmap.discovery.loadbalancer.call;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.loadbalancer.CallListener;
import dev.cloudmap.discovery.loadbalancer.CallOutcome;
import dev.cloudmap.discovery.loadbalancer.InstanceKey;
import dev.cloudmap.discovery.thread.Durations;

/**
 * One call of a service: which instances it has been sent to, how long it may still take,
 * and whether it is sent to another one. One thread at a time uses it.
 */
public final class Call {

	private static final Logger logger = LoggerFactory.getLogger(Call.class);

	/** A connection is not worth more. */
	private static final Duration MAX_DISCARD = Duration.ofSeconds(1);

	private final WatchedService service;

	private final Supplier<List<ServiceInstance>> elsewhere;

	private final String method;

	private final CallSettings settings;

	private final RetryBudget budget;

	private final CallListener listener;

	private final LongSupplier ticker;

	private final long began;

	/** Read by whoever chooses the next one. */
	private final List<ServiceInstance> tried = new CopyOnWriteArrayList<>();

	private int retries;

	/**
	 * Creates a call that begins now.
	 * @param service the service
	 * @param elsewhere its instances that other discovery clients know
	 * @param method the HTTP method
	 * @param settings how long it waits and how it is sent again
	 * @param budget the retries that are allowed
	 * @param listener receives retries
	 * @param ticker the monotonic time in nanoseconds
	 */
	Call(WatchedService service, Supplier<List<ServiceInstance>> elsewhere, String method, CallSettings settings,
			RetryBudget budget, CallListener listener, LongSupplier ticker) {
		this.service = service;
		this.elsewhere = elsewhere;
		this.method = method;
		this.settings = settings;
		this.budget = budget;
		this.listener = listener;
		this.ticker = ticker;
		this.began = ticker.getAsLong();
	}

	/**
	 * How long it waits.
	 */
	public CallTimeouts timeouts() {
		return this.settings.timeouts();
	}

	/**
	 * The instances that it has been sent to, in order, and will have been.
	 */
	public Collection<ServiceInstance> tried() {
		return Collections.unmodifiableCollection(this.tried);
	}

	/**
	 * It is sent to an instance.
	 */
	public void sentTo(ServiceInstance instance) {
		this.tried.add(instance);
	}

	/**
	 * How long it may still wait for an answer; null without limit. Not negative.
	 */
	public @Nullable Duration remaining() {
		Duration request = this.settings.timeouts().request();
		if (request == null) {
			return null;
		}
		Duration left = request.minusNanos(this.ticker.getAsLong() - this.began);
		return left.isNegative() ? Duration.ZERO : left;
	}

	/**
	 * How long a client is to wait that has one time-out for an answer and for more of
	 * it; null without limit.
	 */
	@Nullable Duration patience() {
		Duration remaining = remaining();
		Duration idle = this.settings.timeouts().idle();
		return (remaining == null || idle == null) ? ((remaining != null) ? remaining : idle)
				: Durations.shorter(remaining, idle);
	}

	/**
	 * How long it is worth reading an answer that is not wanted, so that its connection
	 * can be used again.
	 */
	Duration toDiscard() {
		Duration patience = patience();
		return (patience != null) ? Durations.shorter(patience, MAX_DISCARD) : MAX_DISCARD;
	}

	/**
	 * What is told when there was no answer in time.
	 */
	String lateMessage() {
		return this + " was not answered within " + millis(this.settings.timeouts().request()) + " ms"
				+ ((this.tried.size() > 1) ? " by any of " + this.tried.size() + " instances" : "")
				+ ": it may take longer with discovery.load-balancer.timeout.request";
	}

	/**
	 * What is told when there was no connection in time.
	 */
	String unconnectedMessage() {
		return this + " could not connect within " + millis(this.settings.timeouts().connect())
				+ " ms: it may take longer with discovery.load-balancer.timeout.connect";
	}

	/**
	 * What is told when an answer stalls.
	 */
	String stalledMessage() {
		return "The answer to " + this + " stalls for " + millis(this.settings.timeouts().idle())
				+ " ms: it may do so for longer with discovery.load-balancer.timeout.idle";
	}

	private static long millis(@Nullable Duration duration) {
		return (duration != null) ? duration.toMillis() : 0;
	}

	/**
	 * Whether it is to be sent to another instance, since it has failed. If so, it counts
	 * as sent again.
	 * @param failure how it has failed; not null
	 * @param body whether its body can be sent again; not null
	 */
	public boolean retries(Throwable failure, Body body) {
		CallOutcome outcome = CallOutcome.ofFailure(failure);
		return this.settings.retry().allows(this.method, outcome) && retries(outcome, body);
	}

	/**
	 * Whether it is to be sent to another instance, since it was answered with an error.
	 * If so, it counts as sent again.
	 * @param status the HTTP status of the answer
	 * @param body whether its body can be sent again; not null
	 */
	public boolean retries(int status, Body body) {
		return this.settings.retry().allows(this.method, status) && retries(CallOutcome.SERVER_ERROR, body);
	}

	private boolean retries(CallOutcome outcome, Body body) {
		String obstacle = obstacle(body);
		if (obstacle != null) {
			logger.debug("{} was {} at {} and is not sent again: {}", this, outcome, this.tried, obstacle);
			return false;
		}
		if (!this.budget.retry(this.ticker.getAsLong(), this.settings.retry().budget())) {
			logger.debug("{} was {} at {} and is not sent again: too many others are", this, outcome, this.tried);
			this.listener.retryDenied(this.service.name());
			return false;
		}
		logger.debug("{} was {} at {} and is sent again", this, outcome, this.tried);
		this.retries++;
		this.listener.retried(this.service.name(), outcome);
		return true;
	}

	private @Nullable String obstacle(Body body) {
		if (Thread.currentThread().isInterrupted()) {
			return "its thread was interrupted";
		}
		if (this.retries >= this.settings.retry().maxRetries()) {
			return "it has been " + this.retries + " times";
		}
		if (body == Body.SPENT) {
			return "its body was a stream";
		}
		if (isLate()) {
			return "its time is over";
		}
		return hasUntried() ? null : "there is no other instance";
	}

	private boolean isLate() {
		Duration left = remaining();
		return left != null && left.isZero();
	}

	/**
	 * Whether there is another instance. If it was sent to none there was no instance,
	 * and nothing to be sent again.
	 */
	private boolean hasUntried() {
		if (this.tried.isEmpty()) {
			return false;
		}
		List<ServiceInstance> known = this.service.known();
		List<InstanceKey> keys = this.tried.stream().map(InstanceKey::of).toList();
		return Stream.concat((known != null) ? known.stream() : Stream.empty(), this.elsewhere.get().stream())
			.anyMatch((instance) -> !keys.contains(InstanceKey.of(instance)));
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

		/** It was sent, and is not there any more. */
		SPENT

	}

}
