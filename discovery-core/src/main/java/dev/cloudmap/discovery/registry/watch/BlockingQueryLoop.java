package dev.cloudmap.discovery.registry.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.registry.watch.BlockingQuery.Answer;
import dev.cloudmap.discovery.registry.watch.BlockingQueryException.Kind;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.discovery.thread.Timer;
import dev.cloudmap.discovery.thread.Timer.Scheduled;

import static dev.cloudmap.discovery.registry.watch.BlockingQuery.NO_INDEX;

/**
 * Sends a blocking query again and again, each time with the index of the last answer.
 * After a failure it waits, with a growing delay, and then sends a query that is answered
 * at once: its answer shows that the registry is available again and what has changed
 * meanwhile. Needs no thread of its own, and blocks none. Thread-safe.
 *
 * @param <T> the type of the result
 */
public final class BlockingQueryLoop<T> {

	/** How long a query waits for a change. */
	static final Duration WAIT = Duration.ofSeconds(55);

	/** The time for the exchange itself, in addition to the wait. */
	static final Duration MARGIN = Duration.ofSeconds(5);

	/**
	 * The shortest time from one query to the next. Changes within it are reported
	 * together.
	 */
	static final Duration MIN_INTERVAL = Duration.ofMillis(20);

	/** The delay after {@link Kind#NOT_FOUND}. */
	static final Duration NOT_FOUND_DELAY = Duration.ofSeconds(2);

	/** After a failure, other answers of the registry are ignored for this time. */
	static final Duration REST = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(BlockingQueryLoop.class);

	private final BlockingQuery<T> query;

	private final Timer timer;

	private final Listener<T> listener;

	/** Held while the listener is called, which makes the calls sequential. */
	private final Object notification = new Object();

	/** The query that is not answered yet. Guarded by this, as are the others below. */
	private @Nullable CompletableFuture<Answer<T>> current;

	/** The timeout of the current query, or else the next query. */
	private @Nullable Scheduled scheduled;

	/** The last failure, if there was no answer since then. */
	private @Nullable BlockingQueryException failure;

	/** When the current query was sent, or the last one failed. */
	private Instant since;

	private long index = NO_INDEX;

	private Backoff backoff = Backoff.first();

	private boolean closed;

	private volatile boolean live;

	/**
	 * Creates a loop, which starts with {@link #start()}.
	 * @param query the query
	 * @param timer determines when queries are sent
	 * @param listener receives the results
	 */
	public BlockingQueryLoop(BlockingQuery<T> query, Timer timer, Listener<T> listener) {
		this.query = query;
		this.timer = timer;
		this.listener = listener;
		this.since = timer.steady();
	}

	/**
	 * Sends the first query. Does nothing if the loop has started.
	 */
	public void start() {
		if (isNew()) {
			send();
		}
	}

	/**
	 * Starts the loop, or shortens the delay after a failure, because the registry has
	 * answered another request.
	 * @param registryIndex the registry's index in that answer
	 */
	public void registryAnswered(long registryIndex) {
		if (isNew() || endsDelay(registryIndex)) {
			send();
		}
	}

	private synchronized boolean isNew() {
		return this.current == null && this.scheduled == null;
	}

	private synchronized boolean endsDelay(long registryIndex) {
		BlockingQueryException last = this.failure;
		if (last == null || this.current != null) {
			return false;
		}
		return switch (last.kind()) {
			case UNREACHABLE -> elapsed().compareTo(REST) >= 0;
			case NOT_FOUND -> registryIndex != last.index();
			case REFUSED -> false;
		};
	}

	/**
	 * Whether the last query was answered, so that changes are being reported.
	 */
	public boolean isLive() {
		return this.live;
	}

	/**
	 * Whether the last query failed and the next one is not sent yet.
	 */
	public synchronized boolean isDelayed() {
		return this.failure != null && this.current == null && !this.closed;
	}

	/**
	 * Stops the loop and aborts the current query. The listener is not called any more.
	 */
	public void close() {
		CompletableFuture<Answer<T>> last;
		synchronized (this) {
			this.closed = true;
			this.live = false;
			unschedule();
			last = this.current;
			this.current = null;
		}
		if (last != null) {
			last.cancel(true);
		}
	}

	private void send() {
		CompletableFuture<Answer<T>> sent;
		synchronized (this) {
			if (this.closed || this.current != null) {
				return;
			}
			unschedule();
			Duration wait = this.live ? WAIT : Duration.ZERO;
			this.since = this.timer.steady();
			sent = this.query.send(this.index, wait);
			this.current = sent;
			Duration timeout = wait.plus(MARGIN);
			this.scheduled = this.timer
				.schedule(() -> sent.completeExceptionally(new BlockingQueryException(Kind.UNREACHABLE,
						"it did not answer within " + timeout.toSeconds() + " s")), timeout);
		}
		var unused = sent.whenComplete((answer, problem) -> {
			if (answer != null) {
				answered(sent, answer);
			}
			else {
				failed(sent, failure(problem));
			}
		});
	}

	private void answered(CompletableFuture<Answer<T>> source, Answer<T> answer) {
		Duration delay;
		synchronized (this.notification) {
			boolean wasLive;
			synchronized (this) {
				if (this.current != source) {
					return;
				}
				wasLive = this.live;
				this.live = true;
				this.failure = null;
				this.backoff = Backoff.first();
				this.index = nextIndex(answer.index());
				delay = MIN_INTERVAL.minus(elapsed());
				scheduleNext(delay);
			}
			if (!wasLive) {
				call(this.listener::onLive);
			}
			call(() -> this.listener.onAnswer(answer.result()));
		}
		if (!isPositive(delay)) {
			send();
		}
	}

	/**
	 * An index that is smaller than the last one is that of another registry, or of one
	 * that was restored: the next query is a first one.
	 */
	private long nextIndex(long answered) {
		long valid = Math.max(answered, NO_INDEX + 1);
		return (valid < this.index) ? NO_INDEX : valid;
	}

	private void failed(CompletableFuture<Answer<T>> source, BlockingQueryException problem) {
		synchronized (this.notification) {
			boolean wasLive;
			synchronized (this) {
				if (this.current != source) {
					return;
				}
				wasLive = this.live;
				this.live = false;
				this.failure = problem;
				this.since = this.timer.steady();
				scheduleNext(delay(problem.kind()));
			}
			call(() -> this.listener.onFailure(problem));
			if (wasLive) {
				call(this.listener::onLost);
			}
		}
	}

	private Duration delay(Kind kind) {
		if (kind == Kind.NOT_FOUND) {
			this.backoff = Backoff.first();
			return Backoff.jittered(NOT_FOUND_DELAY);
		}
		Duration delay = this.backoff.delay();
		this.backoff = this.backoff.next();
		return delay;
	}

	private void scheduleNext(Duration delay) {
		unschedule();
		this.current = null;
		if (isPositive(delay)) {
			this.scheduled = this.timer.schedule(this::send, delay);
		}
	}

	private static BlockingQueryException failure(@Nullable Throwable problem) {
		Throwable cause = (problem != null) ? Futures.cause(problem) : null;
		return (cause instanceof BlockingQueryException known) ? known
				: new BlockingQueryException(Kind.REFUSED, "the query failed: " + cause);
	}

	private Duration elapsed() {
		return Duration.between(this.since, this.timer.steady());
	}

	private static boolean isPositive(Duration delay) {
		return delay.compareTo(Duration.ZERO) > 0;
	}

	private void unschedule() {
		if (this.scheduled != null) {
			this.scheduled.cancel();
			this.scheduled = null;
		}
	}

	private static void call(Runnable notification) {
		try {
			notification.run();
		}
		catch (RuntimeException ex) {
			logger.error("A listener failed on a change in the registry", ex);
		}
	}

	/**
	 * Receives the results. The methods are called one after the other, by any thread,
	 * and must not block.
	 *
	 * @param <T> the type of the result
	 */
	public interface Listener<T> {

		/**
		 * A query was answered, the first one or the first one after a failure.
		 * {@link #onAnswer} follows.
		 */
		void onLive();

		/**
		 * A query was answered. The result need not differ from the last one.
		 * @param result the result
		 */
		void onAnswer(T result);

		/**
		 * A query failed, and will be sent again.
		 * @param failure the reason
		 */
		void onFailure(BlockingQueryException failure);

		/**
		 * Changes are not reported until {@link #onLive()}. Follows {@link #onFailure}.
		 */
		void onLost();

	}

}
