package dev.cloudmap.discovery.catalog.attribute;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;
import dev.cloudmap.discovery.thread.Timer;

/**
 * The service attributes, by which the owner of a service configures its callers. A
 * request returns the known attributes, and starts a lookup in the background if they are
 * older than the refresh interval. A service has no attributes until the first lookup has
 * succeeded, and a failed lookup keeps the last ones. Thread-safe.
 */
public final class ServiceAttributes {

	private static final Logger logger = LoggerFactory.getLogger(ServiceAttributes.class);

	/** Retries are this many times slower than those of instance lookups. */
	private static final int FAILURE_DELAY_FACTOR = 10;

	/** Replaced by blanks, so that a log entry is one line. */
	private static final Pattern LINE_BREAKS = Pattern.compile("\\p{Cntrl}+");

	private final Function<ServiceName, Map<String, String>> lookup;

	private final Predicate<ServiceName> hasInstances;

	private final Executor executor;

	private final Timer timer;

	private final Duration refresh;

	private final Map<ServiceName, Entry> services = new ConcurrentHashMap<>();

	/**
	 * Creates the cache.
	 * @param lookup calls the registry; may block
	 * @param hasInstances whether a service is known to have instances; others are not
	 * looked up, since their names may be made up
	 * @param executor runs lookups
	 * @param timer measures the refresh interval
	 * @param refresh the refresh interval; zero disables lookups
	 * @throws DiscoveryException if the refresh interval is too short
	 */
	public ServiceAttributes(Function<ServiceName, Map<String, String>> lookup, Predicate<ServiceName> hasInstances,
			Executor executor, Timer timer, Duration refresh) {
		if (!refresh.isZero()) {
			Durations.requireLongEnough("discovery.lookup.service-attributes", refresh);
		}
		this.lookup = lookup;
		this.hasInstances = hasInstances;
		this.executor = executor;
		this.timer = timer;
		this.refresh = refresh;
	}

	/**
	 * Returns the last known attributes of a service without blocking, and starts a
	 * lookup if it is due.
	 * @param service the service
	 * @return its attributes, the same object until they change; empty if it has none or
	 * they are not known
	 */
	public Map<String, String> of(ServiceName service) {
		if (this.refresh.isZero()) {
			return Map.of();
		}
		Entry known = this.services.get(service);
		if (known == null) {
			if (!this.hasInstances.test(service)) {
				return Map.of();
			}
			known = this.services.computeIfAbsent(service, Entry::new);
		}
		return known.use();
	}

	/**
	 * The attributes of one service. Lookups do not overlap.
	 */
	private final class Entry {

		private final ServiceName service;

		/** Whether the next request starts a lookup. */
		private final AtomicBoolean due = new AtomicBoolean(true);

		private volatile Map<String, String> attributes = Map.of();

		private volatile Backoff backoff = Backoff.first();

		private volatile boolean failed;

		Entry(ServiceName service) {
			this.service = service;
		}

		Map<String, String> use() {
			if (this.due.get() && this.due.compareAndSet(true, false)) {
				startLookup();
			}
			return this.attributes;
		}

		private void startLookup() {
			try {
				ServiceAttributes.this.executor.execute(this::fetch);
			}
			catch (RejectedExecutionException ex) {
				expireAfter(ServiceAttributes.this.refresh);
			}
		}

		private void fetch() {
			try {
				update(Map.copyOf(ServiceAttributes.this.lookup.apply(this.service)));
				this.backoff = Backoff.first();
				this.failed = false;
				expireAfter(ServiceAttributes.this.refresh);
			}
			catch (RuntimeException | Error ex) {
				logFailure(ex);
				Duration delay = this.backoff.delay();
				this.backoff = this.backoff.next();
				expireAfter(
						Durations.shorter(delay.multipliedBy(FAILURE_DELAY_FACTOR), ServiceAttributes.this.refresh));
			}
		}

		private void update(Map<String, String> found) {
			if (!found.equals(this.attributes)) {
				logger.info("{} has the service attributes {}", this.service,
						LINE_BREAKS.matcher(found.toString()).replaceAll(" "));
				this.attributes = found;
			}
		}

		private void logFailure(Throwable failure) {
			if (this.failed) {
				logger.debug("The service attributes of {} could not be looked up", this.service, failure);
			}
			else {
				logger.info("The service attributes of {} could not be looked up. Known attributes are kept: {}",
						this.service, failure.getMessage());
			}
			this.failed = true;
		}

		private void expireAfter(Duration delay) {
			ServiceAttributes.this.timer.schedule(this::expire, Backoff.jittered(delay));
		}

		/**
		 * An entry without attributes is removed, unless its failures are to be counted.
		 */
		private void expire() {
			if (this.attributes.isEmpty() && !(this.failed && ServiceAttributes.this.hasInstances.test(this.service))) {
				ServiceAttributes.this.services.remove(this.service, this);
			}
			else {
				this.due.set(true);
			}
		}

	}

}
