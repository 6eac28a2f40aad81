package dev.cloudmap.discovery.loadbalancer.outlier;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * The statistics of one instance: requests in flight, latency and outcomes. Lock-free.
 */
public final class InstanceStatistics {

	/**
	 * The latency that a failed call counts for at least, so that an instance that fails
	 * fast does not attract calls.
	 */
	static final long FAILURE_NANOS = Duration.ofSeconds(1).toNanos();

	/** Further calls wait as long as calls that cannot be abandoned. */
	private static final int MAX_ABANDONMENTS = 1000;

	/** The latency of an instance that has not answered yet. */
	public static final long UNKNOWN_NANOS = Duration.ofSeconds(1).toNanos();

	private final InFlight inFlight = new InFlight();

	private final DecayingLatency latency = new DecayingLatency();

	private final UsualLatency usual = new UsualLatency();

	private final AtomicInteger unconnected = new AtomicInteger();

	private final AtomicInteger failed = new AtomicInteger();

	private final OutcomeWindow window;

	private final UnansweredCalls unanswered = new UnansweredCalls();

	/** The beginning of the latest call that was answered; 0 if there is none. */
	private final AtomicLong answered = new AtomicLong();

	/** Ends calls that wait and can be sent to another instance. */
	private final Set<Runnable> abandonments = ConcurrentHashMap.newKeySet();

	private volatile boolean retired;

	/**
	 * Creates empty statistics.
	 * @param window the time within which outcomes are counted
	 */
	InstanceStatistics(Duration window) {
		this.window = new OutcomeWindow(window);
	}

	/**
	 * The instance has left. Another one with the same id and address has statistics of
	 * its own.
	 */
	void retire() {
		this.retired = true;
	}

	boolean isRetired() {
		return this.retired;
	}

	/**
	 * A call begins.
	 */
	void begin(long now) {
		this.inFlight.begin(now);
	}

	/**
	 * An answer to the call that has begun is expected soon.
	 */
	void await(long now) {
		this.unanswered.begin(now);
	}

	/**
	 * Judges the instance by the calls that it has not answered yet.
	 * @return the reason to eject it; null if there is none
	 */
	@Nullable String silent(long now, OutlierPolicy policy) {
		return policy.silent(this.unanswered.waiting(now), usualOrUnknown());
	}

	/**
	 * The time after which a trial is abandoned, in nanoseconds.
	 */
	long trialLimit(OutlierPolicy policy) {
		return policy.trialLimit(usualOrUnknown());
	}

	private long usualOrUnknown() {
		long usual = this.usual.nanos();
		return (usual > 0) ? usual : UNKNOWN_NANOS;
	}

	/**
	 * A call waits that can be sent to another instance.
	 * @param abandon ends the call; is called once at most
	 */
	void await(Runnable abandon) {
		if (this.abandonments.size() < MAX_ABANDONMENTS) {
			this.abandonments.add(abandon);
		}
	}

	/**
	 * A call does not wait any more.
	 */
	void endWait(Runnable abandon) {
		this.abandonments.remove(abandon);
	}

	/**
	 * Abandons a call if it still waits.
	 */
	void abandon(Runnable abandon) {
		if (this.abandonments.remove(abandon)) {
			abandon.run();
		}
	}

	/**
	 * Abandons all calls that wait.
	 */
	void abandonAll() {
		this.abandonments.forEach(this::abandon);
	}

	/**
	 * The waiting time of the first call that is not answered yet, in nanoseconds.
	 */
	long waiting(long now) {
		return this.unanswered.waiting(now).nanos();
	}

	/**
	 * Whether a call was answered that began at the given time or later.
	 */
	boolean hasAnsweredSince(long time) {
		long began = this.answered.get();
		return began != 0 && began - time >= 0;
	}

	/**
	 * A call has ended.
	 * @param failure the latency that it counts for at least, in nanoseconds
	 */
	void end(CallOutcome outcome, long started, long now, long failure) {
		this.inFlight.end(started);
		if (!outcome.isOfInstance()) {
			return;
		}
		if (outcome != CallOutcome.TIMED_OUT) {
			this.unanswered.reset();
		}
		long nanos = Math.max(1, now - started);
		if (outcome == CallOutcome.ANSWERED || outcome == CallOutcome.SERVER_ERROR) {
			this.usual.add(nanos);
			answered(started);
		}
		this.latency.add(outcome.isFailure() ? Math.max(nanos, failure) : nanos, now);
	}

	/**
	 * A call was given up too early to count as unanswered.
	 */
	void giveUp() {
		this.unanswered.giveUp();
	}

	/**
	 * Judges the instance by a call that has ended.
	 * @return the reason to eject it; null if there is none
	 */
	@Nullable String judge(CallOutcome outcome, long now, OutlierPolicy policy) {
		if (!outcome.isOfInstance()) {
			return null;
		}
		if (!outcome.isFailure()) {
			reset(this.unconnected);
			reset(this.failed);
			this.window.add(now, 0);
			return null;
		}
		int unconnected = (outcome == CallOutcome.NOT_CONNECTED) ? this.unconnected.incrementAndGet()
				: reset(this.unconnected);
		int failed = this.failed.incrementAndGet();
		this.window.add(now, 1);
		return policy.verdict(unconnected, failed, this.window.counts(now));
	}

	/**
	 * Resets the failures.
	 */
	void forget() {
		this.unconnected.set(0);
		this.failed.set(0);
		this.window.clear();
	}

	/**
	 * The number of calls in flight.
	 */
	public int inFlight(long now) {
		return this.inFlight.count(now);
	}

	/**
	 * The usual latency of answered calls, in nanoseconds; 0 if it is not known.
	 */
	long usual() {
		return this.usual.nanos();
	}

	/**
	 * The recent latency, in nanoseconds; 0 if it is not known.
	 */
	public double latency(long now) {
		return this.latency.nanos(now);
	}

	/**
	 * The outcomes of recent calls.
	 */
	OutcomeWindow.Counts recent(long now) {
		return this.window.counts(now);
	}

	private void answered(long started) {
		long known = this.answered.get();
		if (known == 0 || started - known > 0) {
			// of two at the same moment either will do
			this.answered.lazySet((started != 0) ? started : 1);
		}
	}

	/** Avoids a write, since most calls succeed. */
	private static int reset(AtomicInteger count) {
		if (count.get() != 0) {
			count.set(0);
		}
		return 0;
	}

}
