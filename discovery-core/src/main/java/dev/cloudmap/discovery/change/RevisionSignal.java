package dev.cloudmap.discovery.change;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Polls the revision of each service that has subscribers: a small call, which shows
 * whether a lookup is necessary. Revisions do not change with the health of instances.
 * <p>
 * The first answer, and a failure after an answer, are reported as changes. A service is
 * not polled while no subscriber waits for its changes.
 */
public final class RevisionSignal implements ChangeSignal {

	/**
	 * How many services are polled at the same time. While the registry does not answer,
	 * lookups from other sources need threads, too.
	 */
	static final int MAX_CONCURRENT = 2;

	/** After how many intervals an answer is outdated. */
	private static final int MAX_MISSED = 3;

	/** The revision of a service that does not exist; others are positive. */
	private static final long NO_SERVICE = -1;

	private static final Logger logger = LoggerFactory.getLogger(RevisionSignal.class);

	private final Registry registry;

	private final Executor executor;

	private final Timer timer;

	private final Duration interval;

	private final AtomicBoolean refusalLogged = new AtomicBoolean();

	/** Guarded by itself, as are the two fields below. */
	private final Map<ServiceName, Polling> pollings = new HashMap<>();

	private final Deque<Polling> due = new ArrayDeque<>();

	private int running;

	/**
	 * Creates the signal.
	 * @param registry the registry
	 * @param executor runs the calls, which block
	 * @param timer determines when calls are made
	 * @param interval the time from one call to the next of a service, before jitter
	 */
	public RevisionSignal(Registry registry, Executor executor, Timer timer, Duration interval) {
		Durations.requireLongEnough("discovery.lookup.refresh", interval);
		this.registry = registry;
		this.executor = executor;
		this.timer = timer;
		this.interval = interval;
	}

	@Override
	public Subscription subscribe(ServiceName service, Listener listener) {
		Polling polling;
		Subscriber subscriber;
		boolean first;
		synchronized (this.pollings) {
			first = !this.pollings.containsKey(service);
			polling = this.pollings.computeIfAbsent(service, Polling::new);
			subscriber = new Subscriber(polling, listener);
			polling.subscribers.add(subscriber);
		}
		if (first) {
			// a new subscriber looks up the service at once
			schedule(polling, Backoff.jittered(this.interval));
		}
		return subscriber;
	}

	private void remove(Subscriber subscriber) {
		synchronized (this.pollings) {
			Polling polling = subscriber.polling;
			if (polling.subscribers.remove(subscriber) && polling.subscribers.isEmpty()) {
				this.pollings.remove(polling.service);
			}
		}
	}

	private void schedule(Polling polling, Duration delay) {
		this.timer.schedule(() -> due(polling), delay);
	}

	private void due(Polling polling) {
		if (!polling.isAwaited()) {
			schedule(polling, Backoff.jittered(this.interval));
			return;
		}
		synchronized (this.pollings) {
			this.due.add(polling);
		}
		next();
	}

	/**
	 * Starts the next poll, if one is due and not too many are running.
	 */
	private void next() {
		Polling polling;
		synchronized (this.pollings) {
			if (this.running >= MAX_CONCURRENT) {
				return;
			}
			do {
				polling = this.due.poll();
			}
			while (polling != null && polling.subscribers.isEmpty());
			if (polling == null) {
				return;
			}
			this.running++;
		}
		start(polling);
	}

	private void start(Polling polling) {
		try {
			this.executor.execute(() -> {
				try {
					schedule(polling, poll(polling));
				}
				finally {
					ended();
				}
			});
		}
		catch (RejectedExecutionException ex) {
			schedule(polling, polling.failed(ex));
			synchronized (this.pollings) {
				this.running--;
			}
		}
	}

	private void ended() {
		synchronized (this.pollings) {
			this.running--;
		}
		next();
	}

	private Duration poll(Polling polling) {
		try {
			return polling.answered(revision(polling.service));
		}
		catch (RuntimeException ex) {
			return polling.failed(ex);
		}
	}

	/**
	 * Logs once that the registry refuses the call, for example because a permission is
	 * missing. Unavailability is logged elsewhere.
	 */
	private void logRefusal(RuntimeException failure) {
		if (failure instanceof DiscoveryException && !(failure instanceof RegistryUnavailableException)
				&& this.refusalLogged.compareAndSet(false, true)) {
			logger.warn("The registry does not return the revisions of services, so that services are looked up as"
					+ " often as without them: {}", failure.getMessage());
		}
	}

	private long revision(ServiceName service) {
		try {
			return this.registry.revision(service);
		}
		catch (NotRegisteredException ex) {
			return NO_SERVICE;
		}
	}

	/**
	 * The polling of one service, by one poll at a time, which alone writes the fields.
	 */
	private final class Polling {

		private final ServiceName service;

		private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();

		private volatile @Nullable Long revision;

		/** The time of the last answer; null while the registry does not answer. */
		private volatile @Nullable Instant answered;

		private volatile Backoff backoff = Backoff.first();

		private Polling(ServiceName service) {
			this.service = service;
		}

		/**
		 * Whether the next poll is necessary: for a subscriber, or to end the polling
		 * without any.
		 */
		private boolean isAwaited() {
			return this.subscribers.isEmpty()
					|| this.subscribers.stream().anyMatch((subscriber) -> subscriber.listener.isWaiting());
		}

		private Duration answered(long now) {
			Long before = this.revision;
			this.revision = now;
			this.answered = RevisionSignal.this.timer.steady();
			this.backoff = Backoff.first();
			if (before == null || before != now) {
				report();
			}
			return Backoff.jittered(RevisionSignal.this.interval);
		}

		private Duration failed(RuntimeException failure) {
			boolean answeredBefore = this.answered != null;
			this.answered = null;
			logRefusal(failure);
			if (answeredBefore) {
				logger.debug("The revision of {} could not be read", this.service, failure);
				report();
			}
			Duration delay = this.backoff.delay();
			this.backoff = this.backoff.next();
			// never more often than without failures
			Duration usual = Backoff.jittered(RevisionSignal.this.interval);
			return (delay.compareTo(usual) > 0) ? delay : usual;
		}

		private boolean isCovered() {
			Instant last = this.answered;
			return last != null && Duration.between(last, RevisionSignal.this.timer.steady())
				.compareTo(RevisionSignal.this.interval.multipliedBy(MAX_MISSED)) <= 0;
		}

		private void report() {
			for (Subscriber subscriber : this.subscribers) {
				try {
					subscriber.listener.changed();
				}
				catch (RuntimeException ex) {
					logger.error("A listener failed on a change of {}", this.service, ex);
				}
			}
		}

	}

	private final class Subscriber implements Subscription {

		private final Polling polling;

		private final Listener listener;

		private Subscriber(Polling polling, Listener listener) {
			this.polling = polling;
			this.listener = listener;
		}

		@Override
		public Coverage coverage() {
			return (this.polling.subscribers.contains(this) && this.polling.isCovered()) ? Coverage.MEMBERS
					: Coverage.NONE;
		}

		@Override
		public void close() {
			remove(this);
		}

	}

}
