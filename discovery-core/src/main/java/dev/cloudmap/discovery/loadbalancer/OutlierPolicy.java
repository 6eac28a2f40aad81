package dev.cloudmap.discovery.loadbalancer;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * When an instance whose calls fail is ejected, for how long, and how many may be at a
 * time. It asks nobody.
 *
 * @param enabled whether any is
 * @param connectFailures after how many calls in a row that could not connect
 * @param consecutiveFailures after how many calls in a row that failed
 * @param failureRatio above which part of the calls within the window
 * @param minimumRequests how many calls there have to be within the window
 * @param window how long the window is; never null
 * @param baseEjection how long a first ejection lasts; never null
 * @param maxEjection how long one lasts at most, after doubling; never null
 * @param silentCalls after how many calls of which none has been answered
 * @param silence and for how long that has been so, at least; never null
 * @param maxEjected which part of a service's instances may be ejected at a time
 */
public record OutlierPolicy(boolean enabled, int connectFailures, int consecutiveFailures, double failureRatio,
		int minimumRequests, Duration window, Duration baseEjection, Duration maxEjection, int silentCalls,
		Duration silence, double maxEjected) {

	/** Doubled so often, every base is longer than any maximum. */
	private static final int MAX_DOUBLINGS = 30;

	/** An instance is silent after so many times as long as its calls usually take. */
	private static final int USUAL_LATENCIES = 10;

	/** What a trial is given at least until another one is made. */
	private static final long TRIAL_PATIENCE = Duration.ofSeconds(10).toNanos();

	/**
	 * Why an instance is to be ejected.
	 * @param unconnected how many of its last calls in a row could not connect
	 * @param failed how many of its last calls in a row failed
	 * @param recent what became of its calls within the window; not null
	 * @return the reason; null if it is not to be ejected
	 */
	@Nullable String verdict(int unconnected, int failed, OutcomeWindow.Counts recent) {
		if (!this.enabled) {
			return null;
		}
		if (unconnected >= this.connectFailures) {
			return unconnected + " in a row could not connect";
		}
		if (failed >= this.consecutiveFailures) {
			return failed + " in a row failed";
		}
		if (recent.calls() >= this.minimumRequests && recent.failures() > this.failureRatio * recent.calls()) {
			return recent.failures() + " of " + recent.calls() + " failed within " + this.window.toMillis() + " ms";
		}
		return null;
	}

	/**
	 * Why an instance is to be ejected that does not answer, long before anyone gives up
	 * waiting.
	 * @param waiting the calls that wait for a sign of it; not null
	 * @param latency how long its calls usually take, in nanoseconds
	 * @return the reason; null if it is not to be ejected
	 */
	@Nullable String silent(UnansweredCalls.Waiting waiting, long latency) {
		if (!this.enabled || waiting.calls() < this.silentCalls
				|| waiting.nanos() < Math.max(this.silence.toNanos(), USUAL_LATENCIES * latency)) {
			return null;
		}
		return "none of " + waiting.calls() + " was answered for " + Duration.ofNanos(waiting.nanos()).toMillis()
				+ " ms";
	}

	/**
	 * How long an ejection lasts.
	 * @param times how many there were in a row, with this one
	 */
	Duration duration(int times) {
		Duration doubled = this.baseEjection.multipliedBy(1L << Math.min(times - 1, MAX_DOUBLINGS));
		return (doubled.compareTo(this.maxEjection) < 0) ? doubled : this.maxEjection;
	}

	/**
	 * How many instances may be ejected at a time: never the last.
	 * @param instances how many the service has
	 */
	int mostEjected(int instances) {
		return Math.max(0, Math.min(instances - 1, (int) (instances * this.maxEjected)));
	}

	/**
	 * For how long after its return an instance's ejections are remembered, so that the
	 * next one is longer.
	 */
	Duration memory() {
		return this.maxEjection;
	}

	/**
	 * After which time without an outcome a trial is made again, since not every client
	 * tells of a call that was cancelled.
	 * @param ejection how long the ejection was, in nanoseconds
	 */
	static long trialPatience(long ejection) {
		return Math.max(ejection, TRIAL_PATIENCE);
	}

}
