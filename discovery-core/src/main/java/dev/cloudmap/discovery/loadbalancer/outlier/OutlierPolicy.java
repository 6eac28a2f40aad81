package dev.cloudmap.discovery.loadbalancer.outlier;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.loadbalancer.outlier.Ejections.Cause;
import dev.cloudmap.discovery.thread.Durations;

/**
 * Decides when an instance is ejected, for how long, and how many instances can be
 * ejected at a time.
 *
 * @param enabled whether instances are ejected
 * @param connectFailures the number of calls in a row without a connection that eject
 * @param consecutiveFailures the number of failed calls in a row that eject
 * @param failureRatio the ratio of failed calls within the window above which to eject
 * @param minimumRequests the number of calls within the window for the ratio to count
 * @param window the length of the window
 * @param baseEjection the duration of a first ejection, which doubles each time
 * @param maxEjection the longest duration of an ejection
 * @param silentCalls the number of unanswered calls that eject
 * @param silence the shortest time for which they are unanswered
 * @param maxEjected the part of a service's instances that can be ejected at a time
 */
public record OutlierPolicy(boolean enabled, int connectFailures, int consecutiveFailures, double failureRatio,
		int minimumRequests, Duration window, Duration baseEjection, Duration maxEjection, int silentCalls,
		Duration silence, double maxEjected) {

	/** Prevents an overflow. */
	private static final int MAX_DOUBLINGS = 30;

	/** An instance is silent after so many times its usual latency. */
	private static final int USUAL_LATENCIES = 10;

	/** A single call is weaker evidence than several. */
	private static final int TRIAL_SILENCES = 5;

	/**
	 * The longest ejection for silence: a trial that is abandoned costs little, and an
	 * instance that was paused recovers at once.
	 */
	private static final Duration MAX_SILENT_EJECTION = Duration.ofSeconds(4);

	private static final long MIN_TRIAL_TIMEOUT = Duration.ofSeconds(10).toNanos();

	/**
	 * Judges an instance by its ended calls.
	 * @param unconnected the number of last calls in a row that could not connect
	 * @param failed the number of last calls in a row that failed
	 * @param recent the outcomes within the window
	 * @return the reason to eject it; null if there is none
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
	 * Judges an instance by its unanswered calls, long before they time out.
	 * @param waiting the unanswered calls
	 * @param latency the usual latency of the instance, in nanoseconds
	 * @return the reason to eject it; null if there is none
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
	 * The duration of an ejection.
	 * @param times the number of ejections in a row, with this one
	 * @param cause the cause of this one
	 */
	Duration duration(int times, Cause cause) {
		Duration doubled = this.baseEjection.multipliedBy(1L << Math.min(times - 1, MAX_DOUBLINGS));
		Duration longest = (cause == Cause.SILENCE) ? Durations.shorter(this.maxEjection, MAX_SILENT_EJECTION)
				: this.maxEjection;
		return Durations.shorter(doubled, longest);
	}

	/**
	 * The time after which a trial is abandoned if it can be sent to another instance.
	 * @param latency the usual latency of the instance, in nanoseconds
	 */
	long trialLimit(long latency) {
		return Math.max(TRIAL_SILENCES * this.silence.toNanos(), USUAL_LATENCIES * latency);
	}

	/**
	 * The number of instances that can be ejected at a time: never all.
	 * @param instances the number of instances of the service
	 */
	int mostEjected(int instances) {
		return Math.max(0, Math.min(instances - 1, (int) (instances * this.maxEjected)));
	}

	/**
	 * The time after its readmission within which another ejection of an instance is
	 * longer.
	 */
	Duration memory() {
		return this.maxEjection;
	}

	/**
	 * The time after which a trial without an outcome is followed by another one.
	 * @param ejection the duration of the ejection, in nanoseconds
	 */
	static long trialTimeout(long ejection) {
		return Math.max(ejection, MIN_TRIAL_TIMEOUT);
	}

}
