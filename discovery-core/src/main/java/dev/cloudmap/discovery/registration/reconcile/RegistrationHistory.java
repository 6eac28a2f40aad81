package dev.cloudmap.discovery.registration.reconcile;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.registration.reconcile.ObservedState.Entry;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Renew;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.ReportHealth;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;

/**
 * The last changes of a registration's state, and counts since the application started.
 * Thread-safe.
 */
public final class RegistrationHistory {

	/** The number of changes that are kept. */
	static final int MAX_TRANSITIONS = 50;

	/** Guarded by itself. */
	private final Deque<Transition> transitions = new ArrayDeque<>();

	private final Map<Phase, LongAdder> phases = new EnumMap<>(Phase.class);

	private final Map<HealthStatus, LongAdder> healthChanges = new EnumMap<>(HealthStatus.class);

	private final LongAdder renewalFailures = new LongAdder();

	RegistrationHistory(RegistrationState first) {
		for (Phase phase : Phase.values()) {
			this.phases.put(phase, new LongAdder());
		}
		for (HealthStatus status : HealthStatus.values()) {
			this.healthChanges.put(status, new LongAdder());
		}
		this.transitions.add(Transition.to(first, first.since()));
	}

	/**
	 * The state has changed. A change of the instance only is not kept.
	 */
	void changed(RegistrationState before, RegistrationState now, Instant time) {
		if (before.phase() == now.phase() && Objects.equals(before.reason(), now.reason())
				&& Objects.equals(before.problem(), now.problem())) {
			return;
		}
		if (before.phase() != now.phase()) {
			adder(this.phases, now.phase()).increment();
		}
		synchronized (this.transitions) {
			if (this.transitions.size() >= MAX_TRANSITIONS) {
				this.transitions.removeFirst();
			}
			this.transitions.add(Transition.to(now, time));
		}
	}

	void healthChanged(HealthStatus before, HealthStatus now) {
		if (before != now) {
			adder(this.healthChanges, now).increment();
		}
	}

	/**
	 * An action has failed. A repeated report of the same health renews the lease.
	 */
	void failed(RegistrationAction action, @Nullable Entry entry) {
		boolean renewal = action instanceof Renew
				|| (action instanceof ReportHealth report && entry != null && entry.health() == report.health());
		if (renewal) {
			this.renewalFailures.increment();
		}
	}

	/**
	 * The last 50 changes of the phase, the reason or the problem, oldest first.
	 */
	public List<Transition> transitions() {
		synchronized (this.transitions) {
			return List.copyOf(this.transitions);
		}
	}

	/**
	 * How often the registration has entered a phase, without the first one.
	 */
	public long entered(Phase phase) {
		return adder(this.phases, phase).sum();
	}

	/**
	 * How often the health of this application has changed to a status.
	 */
	public long healthChanges(HealthStatus status) {
		return adder(this.healthChanges, status).sum();
	}

	/**
	 * How often a renewal of the lease has failed.
	 */
	public long renewalFailures() {
		return this.renewalFailures.sum();
	}

	private static <K> LongAdder adder(Map<K, LongAdder> adders, K key) {
		LongAdder adder = adders.get(key);
		if (adder == null) {
			throw new IllegalArgumentException("No count of " + key);
		}
		return adder;
	}

	/**
	 * A change of the state.
	 *
	 * @param time when it happened, by the wall clock
	 * @param phase the phase from then on
	 * @param reason why the registration is in this phase; null if that is obvious
	 * @param problem why the last action failed; null if it did not
	 */
	public record Transition(Instant time, Phase phase, @Nullable String reason, @Nullable String problem) {

		static Transition to(RegistrationState state, Instant time) {
			return new Transition(time, state.phase(), state.reason(), state.problem());
		}

	}

}
