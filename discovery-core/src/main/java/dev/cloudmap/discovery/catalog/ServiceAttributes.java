package dev.cloudmap.discovery.catalog;

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
 * The attributes of services themselves, by which their owners tell callers how to call
 * them. Nobody waits for them: until they are known a service has none, and what is known
 * stays while the registry is away.
 */
public final class ServiceAttributes {

	private static final Logger logger = LoggerFactory.getLogger(ServiceAttributes.class);

	/** After a failure it has so many times more patience than who looks instances up. */
	private static final int PATIENCE = 10;

	/** What would make more than one line of what is logged. */
	private static final Pattern LINE_BREAKS = Pattern.compile("\\p{Cntrl}+");

	private final Function<ServiceName, Map<String, String>> lookup;

	private final Predicate<ServiceName> hasInstances;

	private final Executor executor;

	private final Timer timer;

	private final Duration refresh;

	private final Duration idle;

	private final Map<ServiceName, Known> services = new ConcurrentHashMap<>();

	/**
	 * Creates it.
	 * @param lookup asks the registry, and may block; not null
	 * @param hasInstances whether a service is known to have instances; others are not
	 * looked up, since their names may be made up
	 * @param executor runs it; not null
	 * @param timer tells when to ask again; not null
	 * @param refresh how often the registry is asked for a service; zero for never; not
	 * null
	 * @param idle after which time without a caller it is not asked any more; not null
	 * @throws DiscoveryException if the registry would be asked too often
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
	 * What is known of a service: a read of memory, which begins to look where nobody has
	 * asked for long.
	 * @param service the service; not null
	 * @return its attributes, and the same object until they change; empty if it has none
	 * or they are not known; never null
	 */
	public Map<String, String> of(ServiceName service) {
		if (this.refresh.isZero()) {
			return Map.of();
		}
		Known known = this.services.get(service);
		if (known == null) {
			if (!this.hasInstances.test(service)) {
				return Map.of();
			}
			Known created = new Known(service);
			known = this.services.putIfAbsent(service, created);
			if (known == null) {
				known = created;
				created.look();
			}
		}
		return known.ask();
	}

	/**
	 * What is known of one service. Looked up by one task at a time.
	 */
	private final class Known {

		private final ServiceName service;

		private volatile Map<String, String> attributes = Map.of();

		/** Whether anyone has asked since the last look-up. */
		private volatile boolean asked = true;

		private volatile Instant lastAsked = ServiceAttributes.this.timer.steady();

		private volatile Backoff backoff = Backoff.first();

		private volatile boolean failed;

		/** Whether it is looked up no more until somebody asks. */
		private final AtomicBoolean asleep = new AtomicBoolean();

		Known(ServiceName service) {
			this.service = service;
		}

		Map<String, String> ask() {
			if (!this.asked) {
				this.asked = true;
			}
			if (this.asleep.get() && this.asleep.compareAndSet(true, false)) {
				look();
			}
			return this.attributes;
		}

		void look() {
			try {
				ServiceAttributes.this.executor.execute(this::fetch);
			}
			catch (RejectedExecutionException ex) {
				lookLater(ServiceAttributes.this.refresh);
			}
		}

		private void fetch() {
			try {
				learn(Map.copyOf(ServiceAttributes.this.lookup.apply(this.service)));
				this.backoff = Backoff.first();
				this.failed = false;
				lookLater(ServiceAttributes.this.refresh);
			}
			catch (RuntimeException | Error ex) {
				tell(ex);
				Duration delay = this.backoff.delay();
				this.backoff = this.backoff.next();
				lookLater(Durations.shorter(delay.multipliedBy(PATIENCE), ServiceAttributes.this.refresh));
			}
		}

		private void learn(Map<String, String> found) {
			if (!found.equals(this.attributes)) {
				logger.info("{} has the service attributes {}", this.service,
						LINE_BREAKS.matcher(found.toString()).replaceAll(" "));
				this.attributes = found;
			}
		}

		private void tell(Throwable failure) {
			if (this.failed) {
				logger.debug("The service attributes of {} can't be had", this.service, failure);
			}
			else {
				logger.info("The service attributes of {} can't be had, and those that were known stay: {}",
						this.service, failure.getMessage());
			}
			this.failed = true;
		}

		private void lookLater(Duration delay) {
			var unused = ServiceAttributes.this.timer.schedule(this::lookIfAsked, Backoff.jittered(delay));
		}

		private void lookIfAsked() {
			Instant now = ServiceAttributes.this.timer.steady();
			if (this.asked) {
				this.asked = false;
				this.lastAsked = now;
			}
			else if (Duration.between(this.lastAsked, now).compareTo(ServiceAttributes.this.idle) >= 0) {
				sleep();
				return;
			}
			look();
		}

		/**
		 * What is known stays for the next call, which may come while the registry is
		 * away. Of names that are no service's nothing stays.
		 */
		private void sleep() {
			if (this.attributes.isEmpty()) {
				ServiceAttributes.this.services.remove(this.service, this);
				return;
			}
			this.asleep.set(true);
			// who asked just before could not see it
			if (this.asked && this.asleep.compareAndSet(true, false)) {
				look();
			}
		}

	}

}
