package dev.cloudmap.discovery.loadbalancer.outlier;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.IntFunction;

/**
 * The instances of a service, which of them are ejected, and which were. Immutable: each
 * change returns a new value, or the same object if nothing changes, so that it can be
 * swapped atomically.
 *
 * @param members all instances of the service
 * @param out the ejected members
 * @param past the members that are not ejected any more
 */
public record Ejections(Set<InstanceKey> members, Map<InstanceKey, Out> out, Map<InstanceKey, Past> past) {

	/** No instances. */
	public static final Ejections NONE = new Ejections(Set.of(), Map.of(), Map.of());

	public Ejections {
		members = Set.copyOf(members);
		out = Map.copyOf(out);
		past = Map.copyOf(past);
	}

	/**
	 * Ejects an instance, unless it has left or too many are ejected.
	 * @param key the instance
	 * @param now the time in nanoseconds
	 * @param policy limits the number of ejected instances
	 * @param cause the cause
	 * @param ejection creates the report from the number of ejections in a row
	 */
	Ejections eject(InstanceKey key, long now, OutlierPolicy policy, Cause cause, IntFunction<Ejection> ejection) {
		if (!this.members.contains(key) || this.out.containsKey(key)
				|| this.out.size() >= policy.mostEjected(this.members.size())) {
			return this;
		}
		Past before = this.past.get(key);
		int times = (before != null && now - before.ended() < policy.memory().toNanos()) ? before.times() + 1 : 1;
		return withOut(key, Out.of(ejection.apply(times), now, cause));
	}

	/**
	 * Begins the next step of an ejected instance, a probe or a trial, if it is due.
	 */
	Ejections tryAgain(InstanceKey key, long now) {
		Out ejected = this.out.get(key);
		return (ejected != null && ejected.isDue(now)) ? withOut(key, ejected.next(now)) : this;
	}

	/**
	 * A probe of an ejected instance has ended.
	 * @param began the time at which it began
	 */
	Ejections probed(InstanceKey key, boolean reachable, long began, long now) {
		Out ejected = this.out.get(key);
		return (ejected != null && ejected.step() == Step.PROBING && ejected.at() == began)
				? withOut(key, ejected.probed(reachable, now)) : this;
	}

	/**
	 * A call of an instance has ended. A call that began after the ejection readmits the
	 * instance if it was answered, and ejects it for longer if it was the trial and
	 * failed. An instance that was silent is readmitted by any answer.
	 */
	Ejections ended(InstanceKey key, CallOutcome outcome, long started, long now,
			BiFunction<Integer, Cause, Ejection> ejection) {
		Out ejected = this.out.get(key);
		if (ejected == null) {
			return this;
		}
		if (ejected.cause() == Cause.SILENCE
				&& (outcome == CallOutcome.ANSWERED || outcome == CallOutcome.SERVER_ERROR)) {
			return heard(key, now);
		}
		if (started - ejected.since() < 0) {
			return this;
		}
		if (outcome == CallOutcome.ANSWERED) {
			return readmit(Set.of(key), now);
		}
		if (ejected.step() != Step.TRIAL || started - ejected.at() < 0) {
			return this;
		}
		if (!outcome.isFailure()) {
			return withOut(key, ejected.with(Step.REACHABLE, now, 0));
		}
		Cause cause = (outcome == CallOutcome.TIMED_OUT && ejected.cause() == Cause.SILENCE) ? Cause.SILENCE
				: Cause.of(outcome);
		return withOut(key, Out.of(ejection.apply(ejected.report().times() + 1, cause), now, cause));
	}

	/**
	 * An instance that is ejected for silence has answered.
	 */
	Ejections heard(InstanceKey key, long now) {
		Out ejected = this.out.get(key);
		return (ejected != null && ejected.cause() == Cause.SILENCE) ? readmit(Set.of(key), now) : this;
	}

	/**
	 * The instances of the service have changed. Those that have left are dropped. If too
	 * many of the others are ejected, those whose trial is due first are readmitted.
	 * @param keys the instances from now on
	 */
	Ejections among(Set<InstanceKey> keys, long now, OutlierPolicy policy) {
		Ejections left = this;
		if (!keys.equals(this.members)) {
			Map<InstanceKey, Out> out = new HashMap<>(this.out);
			out.keySet().retainAll(keys);
			Map<InstanceKey, Past> past = new HashMap<>(this.past);
			past.keySet().retainAll(keys);
			left = new Ejections(keys, out, past);
		}
		int tooMany = left.out.size() - policy.mostEjected(keys.size());
		if (tooMany <= 0) {
			return left;
		}
		List<Map.Entry<InstanceKey, Out>> byEnd = new ArrayList<>(left.out.entrySet());
		byEnd.sort(Comparator.comparingLong((ejected) -> ejected.getValue().due() - now));
		return left.readmit(byEnd.subList(0, tooMany).stream().map(Map.Entry::getKey).toList(), now);
	}

	/**
	 * Readmits those of the given instances that are ejected.
	 */
	Ejections readmit(Collection<InstanceKey> keys, long now) {
		if (Collections.disjoint(keys, this.out.keySet())) {
			return this;
		}
		Map<InstanceKey, Out> out = new HashMap<>(this.out);
		Map<InstanceKey, Past> past = new HashMap<>(this.past);
		for (InstanceKey key : keys) {
			Out ejected = out.remove(key);
			if (ejected != null) {
				past.put(key, new Past(ejected.counted(), now));
			}
		}
		return new Ejections(this.members, out, past);
	}

	/**
	 * Whether a call began before the instance was readmitted, so that its outcome says
	 * nothing about the instance now.
	 */
	boolean isBeforeReadmission(InstanceKey key, long started) {
		Past before = this.past.get(key);
		return before != null && started - before.ended() < 0;
	}

	private Ejections withOut(InstanceKey key, Out ejected) {
		Map<InstanceKey, Out> out = new HashMap<>(this.out);
		out.put(key, ejected);
		Map<InstanceKey, Past> past = new HashMap<>(this.past);
		past.remove(key);
		return new Ejections(this.members, out, past);
	}

	/**
	 * The cause of an ejection.
	 */
	public enum Cause {

		/** Calls were answered with errors. */
		FAILURES,

		/** Calls could not connect, or their connections broke or timed out. */
		UNREACHABLE,

		/** The instance did not answer. */
		SILENCE;

		/**
		 * The cause of an ejection for a failed call.
		 */
		static Cause of(CallOutcome outcome) {
			return (outcome == CallOutcome.SERVER_ERROR) ? FAILURES : UNREACHABLE;
		}

	}

	/**
	 * The steps from an ejection to the trial. An instance that answered with errors is
	 * not probed.
	 */
	public enum Step {

		/** The ejection lasts, or a probe has failed. */
		WAITING,

		/** A probe runs. */
		PROBING,

		/** A probe has succeeded: the next call is the trial. */
		REACHABLE,

		/** The trial runs. */
		TRIAL

	}

	/**
	 * An ejected instance. Times are nanoseconds of the monotonic clock.
	 *
	 * @param report the description for people
	 * @param since the time of the ejection
	 * @param cause the cause
	 * @param step the current step
	 * @param at the end of {@link Step#WAITING}, or the beginning of another step
	 * @param failedProbes the number of probes in a row that have failed
	 */
	public record Out(Ejection report, long since, Cause cause, Step step, long at, int failedProbes) {

		/** A probe without a result is followed by another one. */
		private static final long PROBE_LIMIT = Duration.ofSeconds(10).toNanos();

		/** The time from a failed probe to the next one, which doubles each time. */
		private static final Duration PROBE_INTERVAL = Duration.ofMillis(500);

		private static final int MAX_DOUBLINGS = 3;

		/**
		 * After this time there is a trial even if the probes fail: calls may reach the
		 * instance through a proxy.
		 */
		private static final long MAX_WITHOUT_TRIAL = Duration.ofMinutes(5).toNanos();

		static Out of(Ejection report, long now, Cause cause) {
			return new Out(report, now, cause, Step.WAITING, now + report.duration().toNanos(), 0);
		}

		Out with(Step step, long at, int failedProbes) {
			return new Out(this.report, this.since, this.cause, step, at, failedProbes);
		}

		Out next(long now) {
			boolean trial = this.cause == Cause.FAILURES || this.step == Step.REACHABLE;
			return with(trial ? Step.TRIAL : Step.PROBING, now, this.failedProbes);
		}

		Out probed(boolean reachable, long now) {
			if (reachable || now - this.since >= MAX_WITHOUT_TRIAL) {
				return with(Step.REACHABLE, now, 0);
			}
			Duration interval = PROBE_INTERVAL.multipliedBy(1L << Math.min(this.failedProbes, MAX_DOUBLINGS));
			return with(Step.WAITING, now + interval.toNanos(), this.failedProbes + 1);
		}

		/**
		 * The time at which the next probe or trial can begin.
		 */
		public long due() {
			return switch (this.step) {
				case WAITING, REACHABLE -> this.at;
				case PROBING -> this.at + PROBE_LIMIT;
				case TRIAL -> this.at + OutlierPolicy.trialTimeout(this.report.duration().toNanos());
			};
		}

		boolean isDue(long now) {
			return now - due() >= 0;
		}

		/**
		 * The number of ejections that make the next one longer: one for silence does
		 * not.
		 */
		int counted() {
			return (this.cause == Cause.SILENCE) ? this.report.times() - 1 : this.report.times();
		}

	}

	/**
	 * An instance that was readmitted.
	 *
	 * @param times the number of ejections in a row
	 * @param ended the end of the last one, in nanoseconds
	 */
	public record Past(int times, long ended) {
	}

}
