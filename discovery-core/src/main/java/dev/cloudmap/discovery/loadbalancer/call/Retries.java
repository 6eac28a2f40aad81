package dev.cloudmap.discovery.loadbalancer.call;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.loadbalancer.outlier.CallOutcome;
import dev.cloudmap.discovery.loadbalancer.outlier.InstanceKey;

/**
 * The instances to which a call was sent, and whether it may be sent to another one. Used
 * by one thread at a time; {@link #allows} by another one while that thread waits for an
 * answer.
 */
final class Retries {

	private static final Logger logger = LoggerFactory.getLogger(Call.class);

	private final WatchedService service;

	private final Supplier<List<ServiceInstance>> elsewhere;

	private final RetryPolicy policy;

	private final RetryBudget budget;

	private final CallListener listener;

	private final LongSupplier ticker;

	private final Set<InstanceKey> tried = new LinkedHashSet<>();

	private int count;

	/**
	 * Creates the retries of a call.
	 * @param service the service
	 * @param elsewhere its instances that other discovery clients have found
	 * @param policy the maximum number of retries
	 * @param budget limits the retries of all calls
	 * @param listener receives retries
	 * @param ticker the monotonic time in nanoseconds
	 */
	Retries(WatchedService service, Supplier<List<ServiceInstance>> elsewhere, RetryPolicy policy, RetryBudget budget,
			CallListener listener, LongSupplier ticker) {
		this.service = service;
		this.elsewhere = elsewhere;
		this.policy = policy;
		this.budget = budget;
		this.listener = listener;
		this.ticker = ticker;
	}

	void sentTo(ServiceInstance instance) {
		this.tried.add(InstanceKey.of(instance));
	}

	/** The instances to which the call was sent. */
	Set<InstanceKey> tried() {
		return this.tried;
	}

	/**
	 * Whether a call that has failed can be sent again, within the retry budget.
	 */
	boolean allows(Call call, CallOutcome outcome, Call.Body body) {
		String obstacle = obstacle(call.remaining(), body);
		if (obstacle != null) {
			return refuse(call, outcome, obstacle);
		}
		if (!this.budget.retry(this.ticker.getAsLong(), this.policy.budget())) {
			this.listener.retryDenied(this.service.name());
			return refuse(call, outcome, "the retry budget is used up");
		}
		return true;
	}

	/**
	 * Logs the reason why a call is not sent again.
	 * @return false
	 */
	boolean refuse(Call call, CallOutcome outcome, String obstacle) {
		logger.debug("{} failed with {} at {} and is not sent again: {}", call, outcome, this.tried, obstacle);
		return false;
	}

	/**
	 * Counts a retry.
	 * @return true
	 */
	boolean count(Call call, CallOutcome outcome) {
		logger.debug("{} failed with {} at {} and is sent again", call, outcome, this.tried);
		this.count++;
		this.listener.retried(this.service.name(), outcome);
		return true;
	}

	private @Nullable String obstacle(@Nullable Duration left, Call.Body body) {
		if (this.count >= this.policy.maxRetries()) {
			return "it has been sent again " + this.count + " times";
		}
		if (body == Call.Body.SPENT) {
			return "the body was a stream";
		}
		if (left != null && left.isZero()) {
			return "no time is left";
		}
		return hasUntried() ? null : "there is no other instance";
	}

	private boolean hasUntried() {
		if (this.tried.isEmpty()) {
			// there was no instance
			return false;
		}
		List<ServiceInstance> known = this.service.known();
		return Stream.concat((known != null) ? known.stream() : Stream.empty(), this.elsewhere.get().stream())
			.anyMatch((instance) -> !this.tried.contains(InstanceKey.of(instance)));
	}

}
