package dev.cloudmap.discovery.loadbalancer.outlier;

import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Response;

import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;

/**
 * One request to one instance. It is also what the load balancer returns for it, the
 * response and the instance, which equals that of the catalog, so that a choice creates a
 * single object. The load balancer creates it with its choice; it begins when the request
 * is sent, and is closed once, with the outcome. Only the first of several closings
 * counts, so that an adapter of a client library and Spring Cloud's life cycle can both
 * report the end of the same attempt. An attempt that is never begun is not counted, and
 * one that is never closed is in flight until {@link InFlight} expires it. Thread-safe.
 */
public final class Attempt extends CatalogServiceInstance implements Response<ServiceInstance> {

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

	/**
	 * Creates the attempt for a chosen instance.
	 * @param instance the instance of the catalog
	 * @param service the service
	 * @param statistics the statistics of the service
	 * @param candidate the candidate that was chosen
	 */
	public Attempt(CatalogServiceInstance instance, WatchedService service, ServiceStatistics statistics,
			Candidate candidate) {
		super(instance);
		this.service = service;
		this.statistics = statistics;
		this.candidate = candidate;
	}

	/**
	 * The attempt for which an instance was chosen.
	 * @param instance the chosen instance, which a client may have wrapped
	 * @return the attempt; null if another load balancer has chosen the instance, or
	 * another discovery client has found it
	 */
	public static @Nullable Attempt of(ServiceInstance instance) {
		if (instance instanceof Attempt attempt) {
			return attempt;
		}
		// Spring Cloud Gateway's wrappers hide the instance but pass on its metadata
		return (instance.getMetadata() instanceof Metadata metadata) ? metadata.attempt() : null;
	}

	@Override
	public boolean hasServer() {
		return true;
	}

	@Override
	public ServiceInstance getServer() {
		return this;
	}

	/**
	 * The metadata of the instance, which leads to this attempt, too.
	 */
	@Override
	public Map<String, String> getMetadata() {
		return new Metadata(super.getMetadata(), this);
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

	/**
	 * The attempt waits for the first byte of the answer, and can be abandoned meanwhile.
	 * @param abandon ends the attempt. It is called when the instance is ejected as
	 * unresponsive or does not answer its trial: once at most, by any thread, also by
	 * this method. Must not block
	 */
	public void await(Runnable abandon) {
		this.statistics.await(this.candidate, this.began, abandon);
	}

	/**
	 * The attempt cannot be abandoned any more.
	 * @param abandon as passed to {@link #await}
	 */
	public void endWait(Runnable abandon) {
		this.candidate.statistics().endWait(abandon);
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

	/**
	 * An immutable view of an instance's metadata.
	 */
	private static final class Metadata extends AbstractMap<String, String> {

		private final Map<String, String> entries;

		private final Attempt attempt;

		private Metadata(Map<String, String> entries, Attempt attempt) {
			this.entries = entries;
			this.attempt = attempt;
		}

		private Attempt attempt() {
			return this.attempt;
		}

		@Override
		public Set<Entry<String, String>> entrySet() {
			return this.entries.entrySet();
		}

	}

}
