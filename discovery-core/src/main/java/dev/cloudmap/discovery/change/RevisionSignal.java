package dev.cloudmap.discovery.change;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.AsyncLimiter;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Polls the revision of each subscribed service: a small call, which shows whether a
 * lookup is necessary. Revisions do not change with the health of instances.
 * <p>
 * The first answer, and a failure after an answer, are reported as changes. A service is
 * not polled while the subscriber does not wait for changes.
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

	private final AsyncLimiter limiter;

	private final AtomicBoolean refusalLogged = new AtomicBoolean();

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
		this.limiter = new AsyncLimiter(MAX_CONCURRENT, executor);
	}

	@Override
	public Subscription subscribe(ServiceName service, Listener listener) {
		Polling polling = new Polling(service, listener);
		// a new subscriber looks up the service at once
		polling.schedule(Backoff.jittered(this.interval));
		return polling;
	}

	/**
	 * Logs once that the registry refuses the call, for example because a permission is
	 * missing. Unavailability is logged elsewhere.
	 */
	private void logRefusal(Throwable failure) {
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
	 * The polling of one service. Polls do not overlap.
	 */
	private final class Polling implements Subscription {

		private final ServiceName service;

		private final Listener listener;

		private volatile boolean closed;

		private volatile @Nullable Long revision;

		/** The time of the last answer; null while the registry does not answer. */
		private volatile @Nullable Instant answered;

		private volatile Backoff backoff = Backoff.first();

		private Polling(ServiceName service, Listener listener) {
			this.service = service;
			this.listener = listener;
		}

		private void schedule(Duration delay) {
			if (!this.closed) {
				RevisionSignal.this.timer.schedule(this::poll, delay);
			}
		}

		private void poll() {
			if (this.closed || !this.listener.isWaiting()) {
				schedule(Backoff.jittered(RevisionSignal.this.interval));
				return;
			}
			var unused = RevisionSignal.this.limiter.run(this::read)
				.handle((revision, failure) -> (failure == null) ? answered(revision) : failed(Futures.cause(failure)))
				.thenAccept(this::schedule);
		}

		private CompletionStage<Long> read() {
			return CompletableFuture.supplyAsync(() -> RevisionSignal.this.revision(this.service),
					RevisionSignal.this.executor);
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

		private Duration failed(Throwable failure) {
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

		private void report() {
			if (!this.closed) {
				this.listener.changed();
			}
		}

		@Override
		public Coverage coverage() {
			Instant last = this.answered;
			Duration longest = RevisionSignal.this.interval.multipliedBy(MAX_MISSED);
			boolean covered = last != null && !this.closed
					&& Duration.between(last, RevisionSignal.this.timer.steady()).compareTo(longest) <= 0;
			return covered ? Coverage.MEMBERS : Coverage.NONE;
		}

		@Override
		public void close() {
			this.closed = true;
		}

	}

}
