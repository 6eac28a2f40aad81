package dev.cloudmap.discovery.loadbalancer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;

import org.jspecify.annotations.Nullable;

/**
 * The instances of a service, which of them are ejected, and which were until recently.
 * Immutable: each step returns a new value, or the same one if it changes nothing. A step
 * depends on nothing that changes but this value, so that swapping it is atomic.
 *
 * @param members all instances of the service; immutable
 * @param out the ejected members; immutable
 * @param past the members that are not ejected any more; immutable
 */
record Ejections(Set<InstanceKey> members, Map<InstanceKey, Out> out, Map<InstanceKey, Past> past) {

	static final Ejections NONE = new Ejections(Set.of(), Map.of(), Map.of());

	Ejections {
		members = Set.copyOf(members);
		out = Map.copyOf(out);
		past = Map.copyOf(past);
	}

	/**
	 * Ejects an instance, unless it has left or too many are ejected.
	 * @param key the instance; not null
	 * @param now the time in nanoseconds
	 * @param policy how many may be; not null
	 * @param cause why; not null
	 * @param ejection makes the ejection of how many there were in a row; not null
	 */
	Ejections eject(InstanceKey key, long now, OutlierPolicy policy, Cause cause, IntFunction<Ejection> ejection) {
		if (!this.members.contains(key) || this.out.containsKey(key)
				|| this.out.size() >= policy.mostEjected(this.members.size())) {
			return this;
		}
		Past before = this.past.get(key);
		int times = (before != null && now - before.ended() < policy.memory().toNanos()) ? before.times() + 1 : 1;
		return withOut(key, new Out(ejection.apply(times), now, null, cause));
	}

	/**
	 * Begins a trial of an ejected instance, if it is due.
	 */
	Ejections tryAgain(InstanceKey key, long now) {
		Out ejected = this.out.get(key);
		return (ejected != null && ejected.isDue(now))
				? withOut(key, new Out(ejected.told(), ejected.since(), now, ejected.cause())) : this;
	}

	/**
	 * A call of an instance has ended: one that began after its ejection readmits it if
	 * it was answered, and its trial ejects it anew, for longer, if it failed. One that
	 * was silent is readmitted by whatever it answers.
	 */
	Ejections ended(InstanceKey key, CallOutcome outcome, long started, long now, IntFunction<Ejection> ejection) {
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
		Long trial = ejected.trial();
		if (trial == null || started - trial < 0) {
			return this;
		}
		return withOut(key,
				outcome.isFailure() ? new Out(ejection.apply(ejected.told().times() + 1), now, null, Cause.FAILURES)
						: new Out(ejected.told(), ejected.since(), null, ejected.cause()));
	}

	/**
	 * An instance that is ejected for its silence has answered after all.
	 */
	Ejections heard(InstanceKey key, long now) {
		Out ejected = this.out.get(key);
		return (ejected != null && ejected.cause() == Cause.SILENCE) ? readmit(Set.of(key), now) : this;
	}

	/**
	 * The service's instances have changed: those that have left are forgotten, and those
	 * whose trial is due first are readmitted where too many are ejected.
	 * @param keys the instances from now on; not null
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

	private Ejections readmit(Iterable<InstanceKey> keys, long now) {
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
	 * Whether a call began before the instance was last readmitted, and so says nothing
	 * of how it is since.
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
	 * Why an instance is ejected.
	 */
	enum Cause {

		/** Calls failed. */
		FAILURES,

		/** It answered none. */
		SILENCE

	}

	/**
	 * An instance that is ejected. Times are in nanoseconds.
	 *
	 * @param told what is told of it; never null
	 * @param since when it was ejected
	 * @param trial when its trial began; null if there is none under way
	 * @param cause why it was ejected; never null
	 */
	record Out(Ejection told, long since, @Nullable Long trial, Cause cause) {

		/**
		 * When the next trial may begin.
		 */
		long due() {
			long duration = this.told.duration().toNanos();
			return (this.trial == null) ? this.since + duration : this.trial + OutlierPolicy.trialPatience(duration);
		}

		boolean isDue(long now) {
			return now - due() >= 0;
		}

		/**
		 * How many ejections make the next one longer: one for silence, after which it
		 * has answered, does not.
		 */
		int counted() {
			return (this.cause == Cause.SILENCE) ? this.told.times() - 1 : this.told.times();
		}

	}

	/**
	 * An instance that was ejected.
	 *
	 * @param times how many ejections there were in a row that count
	 * @param ended when the last one ended, in nanoseconds
	 */
	record Past(int times, long ended) {
	}

}
