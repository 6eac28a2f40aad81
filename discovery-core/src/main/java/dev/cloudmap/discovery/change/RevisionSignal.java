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
 * Asks the registry for the revision of each service that has subscribers, every so
 * often: a small call, which tells whether a look-up is worth its while. Revisions tell
 * nothing of health.
 * <p>
 * What happened before the first answer, or while the registry gave none, is told as a
 * change, for nobody knows. While nobody waits for a service's changes it is not asked
 * for.
 */
public final class RevisionSignal implements ChangeSignal {

	/**
	 * How many services are asked for at the same time: while the registry does not
	 * answer, look-ups by other ways need threads too.
	 */
	static final int MAX_UNDER_WAY = 2;

	/** After how many intervals without an answer an answer counts no more. */
	private static final int MAX_MISSED = 3;

	/** The revision of a service that does not exist; others are positive. */
	private static final long NO_SERVICE = -1;

	private static final Logger logger = LoggerFactory.getLogger(RevisionSignal.class);

	private final Registry registry;

	private final Executor executor;

	private final Timer timer;

	private final Duration interval;

	private final AtomicBoolean complained = new AtomicBoolean();

	/** Guarded by itself, as is what follows. */
	private final Map<ServiceName, Polling> pollings = new HashMap<>();

	private final Deque<Polling> due = new ArrayDeque<>();

	private int underWay;

	/**
	 * Creates the signal.
	 * @param registry whom to ask; not null
	 * @param executor runs the calls, which block; not null
	 * @param timer tells when; not null
	 * @param interval how often, with a little chance; not null
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
			// who subscribes is about to look up anyway
			later(polling, Backoff.jittered(this.interval));
		}
		return subscriber;
	}

	private void leave(Subscriber subscriber) {
		synchronized (this.pollings) {
			Polling polling = subscriber.polling;
			if (polling.subscribers.remove(subscriber) && polling.subscribers.isEmpty()) {
				this.pollings.remove(polling.service);
			}
		}
	}

	private void later(Polling polling, Duration delay) {
		this.timer.schedule(() -> come(polling), delay);
	}

	private void come(Polling polling) {
		if (!polling.isAwaited()) {
			later(polling, Backoff.jittered(this.interval));
			return;
		}
		synchronized (this.pollings) {
			this.due.add(polling);
		}
		next();
	}

	/**
	 * Begins the next poll, if one is due and not too many are under way.
	 */
	private void next() {
		Polling polling;
		synchronized (this.pollings) {
			if (this.underWay >= MAX_UNDER_WAY) {
				return;
			}
			do {
				polling = this.due.poll();
			}
			while (polling != null && polling.subscribers.isEmpty());
			if (polling == null) {
				return;
			}
			this.underWay++;
		}
		start(polling);
	}

	private void start(Polling polling) {
		try {
			this.executor.execute(() -> {
				try {
					later(polling, poll(polling));
				}
				finally {
					ended();
				}
			});
		}
		catch (RejectedExecutionException ex) {
			later(polling, polling.failed(ex));
			synchronized (this.pollings) {
				this.underWay--;
			}
		}
	}

	private void ended() {
		synchronized (this.pollings) {
			this.underWay--;
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
	 * Says once that the registry refuses to tell, as where a permission is missing. That
	 * it is away others say.
	 */
	private void complain(RuntimeException failure) {
		if (failure instanceof DiscoveryException && !(failure instanceof RegistryUnavailableException)
				&& this.complained.compareAndSet(false, true)) {
			logger.warn("Changes are not told by the registry's revisions, so that services are looked up as often"
					+ " as without: {}", failure.getMessage());
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
	 * The polling of one service. There is at most one poll at a time, and only that
	 * writes.
	 */
	private final class Polling {

		private final ServiceName service;

		private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();

		private volatile @Nullable Long revision;

		/** When the registry answered last; null while it does not. */
		private volatile @Nullable Instant answered;

		private volatile Backoff backoff = Backoff.first();

		private Polling(ServiceName service) {
			this.service = service;
		}

		/**
		 * Whether the next poll has a reason: to tell someone, or to find out that there
		 * is nobody left.
		 */
		private boolean isAwaited() {
			return this.subscribers.isEmpty()
					|| this.subscribers.stream().anyMatch((subscriber) -> subscriber.listener.isWaiting());
		}

		private Duration answered(long now) {
			Long before = this.revision;
			this.revision = now;
			this.answered = RevisionSignal.this.timer.now();
			this.backoff = Backoff.first();
			if (before == null || before != now) {
				tell();
			}
			return Backoff.jittered(RevisionSignal.this.interval);
		}

		private Duration failed(RuntimeException failure) {
			boolean answeredBefore = this.answered != null;
			this.answered = null;
			complain(failure);
			if (answeredBefore) {
				logger.debug("The revision of {} is not told", this.service, failure);
				tell();
			}
			Duration delay = this.backoff.delay();
			this.backoff = this.backoff.next();
			// patience is for the registry's sake: nobody asks more often than usual
			Duration usual = Backoff.jittered(RevisionSignal.this.interval);
			return (delay.compareTo(usual) > 0) ? delay : usual;
		}

		private boolean isCovered() {
			Instant last = this.answered;
			return last != null && Duration.between(last, RevisionSignal.this.timer.now())
				.compareTo(RevisionSignal.this.interval.multipliedBy(MAX_MISSED)) <= 0;
		}

		private void tell() {
			for (Subscriber subscriber : this.subscribers) {
				try {
					subscriber.listener.changed();
				}
				catch (RuntimeException ex) {
					logger.error("Someone failed who was told of a change of {}", this.service, ex);
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
			leave(this);
		}

	}

}
