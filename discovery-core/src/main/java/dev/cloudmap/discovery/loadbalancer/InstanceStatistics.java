package dev.cloudmap.discovery.loadbalancer;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * What this application's calls of one instance have shown. Takes no lock.
 */
final class InstanceStatistics {

	/**
	 * As how long a call counts at least that failed, so that failing fast draws none.
	 */
	static final long FAILURE_NANOS = Duration.ofSeconds(1).toNanos();

	/** As how long a call counts of an instance that has answered none. */
	static final long UNKNOWN_NANOS = Duration.ofSeconds(1).toNanos();

	private final InFlight inFlight = new InFlight();

	private final DecayingLatency latency = new DecayingLatency();

	private final UsualLatency usual = new UsualLatency();

	private final AtomicInteger unconnected = new AtomicInteger();

	private final AtomicInteger failed = new AtomicInteger();

	private final OutcomeWindow window;

	private final UnansweredCalls unanswered = new UnansweredCalls();

	/** When the last call began that was answered; 0 if none was. */
	private final AtomicLong answered = new AtomicLong();

	private final long since;

	/**
	 * Creates statistics of no calls.
	 * @param window how long calls are judged by
	 * @param since when the service got the instance, in nanoseconds
	 */
	InstanceStatistics(Duration window, long since) {
		this.window = new OutcomeWindow(window);
		this.since = since;
	}

	/**
	 * Whether a call began before the service got the instance. It was sent to an earlier
	 * instance with the same id and address, which has left.
	 */
	boolean isLaterThan(long started) {
		return started - this.since < 0;
	}

	/**
	 * A call begins.
	 */
	void begin(long now) {
		this.inFlight.begin(now);
	}

	/**
	 * The call that has begun is to be answered soon.
	 */
	void await(long now) {
		this.unanswered.begin(now);
	}

	/**
	 * Judges the instance by the calls that it has not answered yet.
	 * @return why it is to be ejected; null if it is not
	 */
	@Nullable String silent(long now, OutlierPolicy policy) {
		UnansweredCalls.Waiting waiting = this.unanswered.waiting(now);
		if (waiting.calls() < policy.silentCalls()) {
			return null;
		}
		long usual = this.usual.nanos();
		return policy.silent(waiting, (usual > 0) ? usual : UNKNOWN_NANOS);
	}

	/**
	 * For how long the first of the calls has waited that it has not answered yet, in
	 * nanoseconds.
	 */
	long waiting(long now) {
		return this.unanswered.waiting(now).nanos();
	}

	/**
	 * Whether a call was answered that began at a time or later.
	 */
	boolean hasAnsweredSince(long time) {
		long began = this.answered.get();
		return began != 0 && began - time >= 0;
	}

	/**
	 * A call has ended.
	 * @param failure as how long it counts at least if it failed, in nanoseconds
	 */
	void end(CallOutcome outcome, long started, long now, long failure) {
		this.inFlight.end(started);
		if (!outcome.isOfInstance()) {
			return;
		}
		if (outcome != CallOutcome.TIMED_OUT) {
			this.unanswered.heard();
		}
		long nanos = Math.max(1, now - started);
		if (outcome == CallOutcome.ANSWERED || outcome == CallOutcome.SERVER_ERROR) {
			this.usual.add(nanos);
			answered(started);
		}
		this.latency.add(outcome.isFailure() ? Math.max(nanos, failure) : nanos, now);
	}

	/**
	 * A call that nothing was heard of did not wait long enough to count as unanswered.
	 */
	void giveUp() {
		this.unanswered.giveUp();
	}

	/**
	 * Judges the instance by a call that has ended.
	 * @return why it is to be ejected; null if it is not
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
	 * What was before counts no more.
	 */
	void forget() {
		this.unconnected.set(0);
		this.failed.set(0);
		this.window.clear();
	}

	/**
	 * How many calls are on their way to the instance.
	 */
	int inFlight(long now) {
		return this.inFlight.count(now);
	}

	/**
	 * How long its calls usually take until they are answered, in nanoseconds; 0 if
	 * nothing is known.
	 */
	long usual() {
		return this.usual.nanos();
	}

	/**
	 * How long a call may take, in nanoseconds; 0 if nothing is known.
	 */
	double latency(long now) {
		return this.latency.nanos(now);
	}

	/**
	 * What became of the calls of the last time.
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

	/** Most calls succeed, and should not write what others read. */
	private static int reset(AtomicInteger count) {
		if (count.get() != 0) {
			count.set(0);
		}
		return 0;
	}

}
