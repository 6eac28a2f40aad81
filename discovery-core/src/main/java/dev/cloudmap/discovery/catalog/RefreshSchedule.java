package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.change.ChangeSignal.Coverage;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;

/**
 * When a service is looked up again after a look-up that succeeded, unless a change is
 * told before. How well changes are told is asked when the time comes, since it may
 * change meanwhile. Immutable, and asks nobody.
 *
 * @param began from when on the delays count; never null
 * @param told the delay where all changes are told; never null
 * @param membersTold the delay where it is told which instances there are; never null
 * @param untold the delay where no change is told; never null
 */
record RefreshSchedule(Instant began, Duration told, Duration membersTold, Duration untold) {

	/** What DNS says to hold for some time is looked up again before that is over. */
	private static final double AHEAD = 0.8;

	/** Caches of DNS servers tell what is left of a TTL without the fraction. */
	private static final Duration ROUNDED_OFF = Duration.ofSeconds(1);

	/**
	 * The schedule after a look-up.
	 * @param settings how fresh things are to be
	 * @param trigger why it was made
	 * @param found what it found
	 * @param confirmation when what is held has to be looked for again; null if nothing
	 * is held
	 * @param now the time
	 */
	static RefreshSchedule after(CatalogSettings settings, RefreshTrigger trigger, InstanceSet found,
			@Nullable Instant confirmation, Instant now) {
		Instant end = found.validUntil();
		Duration untold = Backoff.jittered(settings.refresh());
		Duration told = Backoff.jittered(settings.fullRefresh());
		if (end != null) {
			Duration valid = Duration.between(now, end);
			untold = Durations.shorter(untold, Backoff.jittered(Duration.ofNanos((long) (valid.toNanos() * AHEAD))));
			// a DNS server in between may have answered from before the change
			told = (trigger == RefreshTrigger.CHANGE) ? Durations.shorter(told, valid.plus(ROUNDED_OFF)) : told;
		}
		// nobody tells the members of a service that does not exist
		Duration membersTold = found.isEmpty() ? untold : told;
		Duration latest = (confirmation != null) ? Duration.between(now, confirmation) : told;
		return new RefreshSchedule(now, bounded(told, latest), bounded(membersTold, latest), bounded(untold, latest));
	}

	/**
	 * How much of the delay is left; zero if none is.
	 * @param coverage how well changes are told now
	 * @param now the time
	 */
	Duration rest(Coverage coverage, Instant now) {
		Duration delay = switch (coverage) {
			case FULL -> this.told;
			case MEMBERS -> this.membersTold;
			case NONE -> this.untold;
		};
		Duration passed = Duration.between(this.began, now);
		// a clock that was set back stops nothing
		return (passed.isNegative() || passed.compareTo(delay) >= 0) ? Duration.ZERO : delay.minus(passed);
	}

	private static Duration bounded(Duration delay, Duration latest) {
		Duration bounded = Durations.shorter(delay, latest);
		return (bounded.compareTo(Durations.SHORTEST) > 0) ? bounded : Durations.SHORTEST;
	}

}
