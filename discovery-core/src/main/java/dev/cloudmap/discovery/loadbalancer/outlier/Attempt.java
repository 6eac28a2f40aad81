package dev.cloudmap.discovery.loadbalancer.outlier;

import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;

/**
 * One request to one instance. The load balancer creates it with its choice; it begins
 * when the request is sent, and is closed once, with the outcome. Only the first of
 * several closings counts, so that an adapter of a client library and Spring Cloud's life
 * cycle can both report the end of the same attempt. An attempt that is never begun is
 * not counted, and one that is never closed is in flight until {@link InFlight} expires
 * it. Thread-safe.
 */
public final class Attempt {

	private static final int CHOSEN = 0;

	private static final int BEGUN = 1;

	private static final int CLOSED = 2;

	/** No status, since there was no answer. */
	public static final int NONE = 0;

	private static final AtomicIntegerFieldUpdater<Attempt> STATE = AtomicIntegerFieldUpdater.newUpdater(Attempt.class,
			"state");

	private final WatchedService service;

	private final ServiceStatistics statistics;

	private final Candidate candidate;

	private long began;

	private volatile int state;

	private Attempt(WatchedService service, ServiceStatistics statistics, Candidate candidate) {
		this.service = service;
		this.statistics = statistics;
		this.candidate = candidate;
	}

	/**
	 * Creates the attempt for a chosen instance.
	 * @param instance the instance of the catalog
	 * @param service the service
	 * @param statistics the statistics of the service
	 * @param candidate the candidate that was chosen
	 * @return the instance with the attempt
	 */
	public static ServiceInstance chosen(CatalogServiceInstance instance, WatchedService service,
			ServiceStatistics statistics, Candidate candidate) {
		return new ChosenInstance(instance, new Attempt(service, statistics, candidate));
	}

	/**
	 * The attempt for which an instance was chosen.
	 * @param instance the chosen instance, which a client may have wrapped
	 * @return the attempt; null if another load balancer has chosen the instance, or
	 * another discovery client has found it
	 */
	public static @Nullable Attempt of(ServiceInstance instance) {
		if (instance instanceof ChosenInstance chosen) {
			return chosen.attempt();
		}
		// Spring Cloud Gateway's wrappers hide the instance but pass on its metadata
		Map<String, String> metadata = instance.getMetadata();
		return (metadata instanceof ChosenInstance.Metadata chosen) ? chosen.attempt() : null;
	}

	/**
	 * The request is sent, and an answer is expected soon.
	 */
	public void begin() {
		if (start() && this.statistics.begin(this.candidate, this.began)) {
			ejected();
		}
	}

	/**
	 * The request is sent, and may stay open for any time, such as a web socket.
	 */
	public void beginLasting() {
		if (start()) {
			this.candidate.statistics().begin(this.began);
		}
	}

	private boolean start() {
		if (this.state != CHOSEN) {
			return false;
		}
		this.began = this.statistics.now();
		if (!STATE.compareAndSet(this, CHOSEN, BEGUN)) {
			return false;
		}
		this.statistics.listener().began(this.service.name(), id(), this.began);
		return true;
	}

	/**
	 * Closes the attempt.
	 * @param outcome the outcome
	 * @param status the HTTP status; {@link #NONE} without an answer
	 */
	public void close(CallOutcome outcome, int status) {
		begin();
		if (STATE.getAndSet(this, CLOSED) == CLOSED) {
			return;
		}
		long now = this.statistics.now();
		boolean ejected = this.statistics.end(this.candidate, outcome, this.began, now);
		this.statistics.listener().ended(this.service.name(), id(), new Ending(outcome, status, this.began, now));
		if (ejected) {
			ejected();
		}
		else if (outcome == CallOutcome.NOT_CONNECTED) {
			this.service.suspect();
		}
	}

	private void ejected() {
		this.statistics.listener().ejected(this.service.name());
		this.service.suspect();
	}

	private String id() {
		return String.valueOf(this.candidate.key().id());
	}

	/**
	 * How an attempt ended. Times are nanoseconds of the monotonic clock.
	 *
	 * @param outcome the outcome
	 * @param status the HTTP status; 0 without an answer, or if it is not known
	 * @param began the time at which the request was sent
	 * @param ended the time at which the attempt was closed
	 */
	public record Ending(CallOutcome outcome, int status, long began, long ended) {

	}

}
