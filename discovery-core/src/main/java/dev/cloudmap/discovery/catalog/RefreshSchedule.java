package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.change.ChangeSignal.Coverage;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;

/**
 * The time of the next lookup after a successful one, without a change notification. It
 * depends on the coverage of notifications, which may change in the meantime. Immutable.
 *
 * @param start the monotonic time from which the delays are measured
 * @param fullCoverage the delay if all changes are notified
 * @param memberCoverage the delay if only added and removed instances are notified
 * @param noCoverage the delay without notifications
 */
record RefreshSchedule(Instant start, Duration fullCoverage, Duration memberCoverage, Duration noCoverage) {

	/** The fraction of a DNS TTL after which a service is looked up again. */
	private static final double TTL_FRACTION = 0.8;

	/** DNS caches round the remaining TTL down to seconds. */
	private static final Duration TTL_ROUNDING = Duration.ofSeconds(1);

	/**
	 * Creates the schedule after a lookup.
	 * @param settings the refresh intervals
	 * @param trigger the reason of the lookup
	 * @param found its result
	 * @param confirmation when held instances need another lookup; null if none are held
	 * @param now the monotonic time
	 */
	static RefreshSchedule after(CatalogSettings settings, RefreshTrigger trigger, InstanceSet found,
			@Nullable Instant confirmation, Instant now) {
		Instant end = found.validUntil();
		Duration noCoverage = Backoff.jittered(settings.refresh());
		Duration fullCoverage = Backoff.jittered(settings.fullRefresh());
		if (end != null) {
			Duration valid = Duration.between(now, end);
			noCoverage = Durations.shorter(noCoverage,
					Backoff.jittered(Duration.ofNanos((long) (valid.toNanos() * TTL_FRACTION))));
			// a DNS cache may have returned the records from before the change
			fullCoverage = (trigger == RefreshTrigger.CHANGE)
					? Durations.shorter(fullCoverage, valid.plus(TTL_ROUNDING)) : fullCoverage;
		}
		// a service without instances has no members to notify about
		Duration memberCoverage = found.isEmpty() ? noCoverage : fullCoverage;
		Duration latest = (confirmation != null) ? Duration.between(now, confirmation) : fullCoverage;
		return new RefreshSchedule(now, bounded(fullCoverage, latest), bounded(memberCoverage, latest),
				bounded(noCoverage, latest));
	}

	/**
	 * The time until the next lookup; zero if it is due.
	 * @param coverage the current coverage of change notifications
	 * @param now the monotonic time
	 */
	Duration remaining(Coverage coverage, Instant now) {
		Duration delay = switch (coverage) {
			case FULL -> this.fullCoverage;
			case MEMBERS -> this.memberCoverage;
			case NONE -> this.noCoverage;
		};
		Duration remaining = Duration.between(now, this.start.plus(delay));
		return remaining.isNegative() ? Duration.ZERO : remaining;
	}

	private static Duration bounded(Duration delay, Duration latest) {
		Duration bounded = Durations.shorter(delay, latest);
		return (bounded.compareTo(Durations.SHORTEST) > 0) ? bounded : Durations.SHORTEST;
	}

}
