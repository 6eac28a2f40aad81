package dev.cloudmap.discovery.catalog.attribute;

import java.time.Duration;
import java.time.Instant;
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
 * The service attributes, by which the owner of a service configures its callers. They
 * are looked up in the background: a service has none until the first lookup has
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

	private final Duration idle;

	private final Map<ServiceName, Entry> services = new ConcurrentHashMap<>();

	/**
	 * Creates the cache.
	 * @param lookup calls the registry; may block
	 * @param hasInstances whether a service is known to have instances; others are not
	 * looked up, since their names may be made up
	 * @param executor runs lookups
	 * @param timer schedules lookups
	 * @param refresh the refresh interval; zero disables lookups
	 * @param idle the time without requests after which a service is no longer looked up
	 * @throws DiscoveryException if the refresh interval is too short
	 */
	public ServiceAttributes(Function<ServiceName, Map<String, String>> lookup, Predicate<ServiceName> hasInstances,
			Executor executor, Timer timer, Duration refresh, Duration idle) {
		if (!refresh.isZero()) {
			Durations.requireLongEnough("discovery.lookup.service-attributes", refresh);
		}
		this.lookup = lookup;
		this.hasInstances = hasInstances;
		this.executor = executor;
		this.timer = timer;
		this.refresh = refresh;
		this.idle = idle;
	}

	/**
	 * Returns the last known attributes of a service without blocking, and starts its
	 * refresh.
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
			Entry created = new Entry(service);
			known = this.services.putIfAbsent(service, created);
			if (known == null) {
				known = created;
				created.startLookup();
			}
		}
		return known.use();
	}

	/**
	 * The attributes of one service. Lookups do not overlap.
	 */
	private final class Entry {

		private final ServiceName service;

		private volatile Map<String, String> attributes = Map.of();

		/** Whether the attributes were requested since the last check. */
		private volatile boolean used = true;

		private volatile Instant lastUsed = ServiceAttributes.this.timer.steady();

		private volatile Backoff backoff = Backoff.first();

		private volatile boolean failed;

		/** Whether lookups are paused until the next request. */
		private final AtomicBoolean paused = new AtomicBoolean();

		Entry(ServiceName service) {
			this.service = service;
		}

		Map<String, String> use() {
			if (!this.used) {
				this.used = true;
			}
			if (this.paused.get() && this.paused.compareAndSet(true, false)) {
				startLookup();
			}
			return this.attributes;
		}

		void startLookup() {
			try {
				ServiceAttributes.this.executor.execute(this::fetch);
			}
			catch (RejectedExecutionException ex) {
				scheduleLookup(ServiceAttributes.this.refresh);
			}
		}

		private void fetch() {
			try {
				update(Map.copyOf(ServiceAttributes.this.lookup.apply(this.service)));
				this.backoff = Backoff.first();
				this.failed = false;
				scheduleLookup(ServiceAttributes.this.refresh);
			}
			catch (RuntimeException | Error ex) {
				logFailure(ex);
				Duration delay = this.backoff.delay();
				this.backoff = this.backoff.next();
				scheduleLookup(
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

		private void scheduleLookup(Duration delay) {
			var unused = ServiceAttributes.this.timer.schedule(this::lookupIfUsed, Backoff.jittered(delay));
		}

		private void lookupIfUsed() {
			Instant now = ServiceAttributes.this.timer.steady();
			if (this.used) {
				this.used = false;
				this.lastUsed = now;
			}
			else if (Duration.between(this.lastUsed, now).compareTo(ServiceAttributes.this.idle) >= 0) {
				pause();
				return;
			}
			startLookup();
		}

		/**
		 * Pauses lookups. Known attributes are kept for the next request, during which
		 * the registry may be unavailable. An entry without attributes is removed.
		 */
		private void pause() {
			if (this.attributes.isEmpty()) {
				ServiceAttributes.this.services.remove(this.service, this);
				return;
			}
			this.paused.set(true);
			// a concurrent request may have read the flag before it was set
			if (this.used && this.paused.compareAndSet(true, false)) {
				startLookup();
			}
		}

	}

}
