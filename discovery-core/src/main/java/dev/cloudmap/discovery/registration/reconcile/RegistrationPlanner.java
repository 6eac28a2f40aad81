package dev.cloudmap.discovery.registration.reconcile;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.registration.reconcile.ObservedState.Entry;
import dev.cloudmap.discovery.registration.reconcile.ObservedState.Fact;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Correct;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Deregister;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.FindHealthyPeer;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Register;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Renew;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.ReportHealth;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Verify;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Wait;
import dev.cloudmap.discovery.registry.InstanceRegistration;

/**
 * Decides the next action from the desired and the observed state. A pure function:
 * without I/O, clock and memory.
 *
 * @param policy what becomes of an unhealthy instance
 */
record RegistrationPlanner(UnhealthyPolicy policy) {

	/**
	 * How often an unhealthy instance that may be deregistered looks for a healthy peer.
	 */
	static final Duration PEERS_INTERVAL = Duration.ofSeconds(10);

	/**
	 * The next action. It is repeated with what was observed after each action, until it
	 * is a {@link Wait}.
	 * @param desired what the registry should hold
	 * @param observed what the registry holds
	 * @param now the monotonic time
	 */
	RegistrationAction plan(DesiredState desired, ObservedState observed, Instant now) {
		InstanceRegistration instance = desired.instance();
		if (instance == null) {
			return observed.claims().isEmpty() ? new Wait(Instant.MAX) : new Deregister(observed.claims().get(0));
		}
		Instant removableAt = removableAt(desired, observed);
		boolean removable = !removableAt.isAfter(now);
		// an instance that would be deregistered at once is not registered first
		if (!removable || observed.entry() != null || observed.is(Fact.NO_HEALTHY_PEER)) {
			RegistrationAction action = align(instance, desired.health().status(), observed, now);
			if (action != null) {
				return action;
			}
		}
		if (!removable) {
			return new Wait(earlier(dueAt(observed), removableAt));
		}
		if (observed.is(Fact.HEALTHY_PEER)) {
			return observed.claims().isEmpty() ? new Wait(now.plus(PEERS_INTERVAL))
					: new Deregister(observed.claims().get(0));
		}
		return observed.is(Fact.NO_HEALTHY_PEER) ? new Wait(earlier(dueAt(observed), now.plus(PEERS_INTERVAL)))
				: new FindHealthyPeer(instance);
	}

	/**
	 * The action that makes the registry hold an instance as desired; null if it does.
	 */
	private static @Nullable RegistrationAction align(InstanceRegistration instance, HealthStatus health,
			ObservedState observed, Instant now) {
		Entry entry = observed.entry();
		if (entry == null && observed.externalCheckAt().isAfter(now)) {
			return null;
		}
		if (entry == null || !entry.desired().equals(instance)) {
			return new Register(instance, health);
		}
		for (InstanceRegistration claim : observed.claims()) {
			if (!ObservedState.isSameEntry(claim, entry.instance())) {
				return new Deregister(claim);
			}
		}
		boolean renewable = observed.isLeased() && !entry.renewAt().isAfter(now);
		if (observed.storesHealth()
				&& (entry.health() != health || (renewable && entry.health() == HealthStatus.HEALTHY))) {
			return new ReportHealth(entry.instance(), health);
		}
		if (renewable) {
			return new Renew(entry.instance(), health);
		}
		if (entry.isToBeCorrected()) {
			return new Correct(instance, health);
		}
		return entry.verifyAt().isAfter(now) ? null : new Verify(entry.instance());
	}

	/**
	 * From when on the instance may be deregistered for being unhealthy. Where the
	 * registry can't store that it is unhealthy, that is at once.
	 */
	private Instant removableAt(DesiredState desired, ObservedState observed) {
		if (!desired.health().mayDeregister() || observed.externalRegistrar() != null) {
			return Instant.MAX;
		}
		return observed.storesHealth() ? desired.removableSince().plus(this.policy.deregistrationDelay())
				: desired.removableSince();
	}

	/**
	 * When {@link #align} has an action though the desired state is the same.
	 */
	private static Instant dueAt(ObservedState observed) {
		Entry entry = observed.entry();
		if (entry == null) {
			return (observed.externalRegistrar() != null) ? observed.externalCheckAt() : Instant.MAX;
		}
		return observed.isLeased() ? earlier(entry.renewAt(), entry.verifyAt()) : entry.verifyAt();
	}

	private static Instant earlier(Instant one, Instant other) {
		return one.isBefore(other) ? one : other;
	}

}
