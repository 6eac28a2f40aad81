package dev.cloudmap.discovery.registration.reconcile;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registration.reconcile.ObservedState.Entry;
import dev.cloudmap.discovery.registration.reconcile.ObservedState.Fact;
import dev.cloudmap.discovery.registry.InstanceRegistration;

/**
 * Whether and as what this application is registered.
 *
 * @param phase the phase of the registration
 * @param since when the phase began, by the wall clock
 * @param instance what is, was or is to be registered; null before that is known
 * @param reason why the registration is in this phase; null if that is obvious
 * @param problem why the last action failed; null if it did not
 */
public record RegistrationState(Phase phase, Instant since, @Nullable InstanceRegistration instance,
		@Nullable String reason, @Nullable String problem) {

	/**
	 * The state when the registry holds what is desired.
	 */
	static RegistrationState of(DesiredState desired, ObservedState observed, Instant now) {
		ReportedHealth health = desired.health();
		String unhealthy = health.unhealthyReason();
		String registrar = observed.externalRegistrar();
		Entry entry = observed.entry();
		if (entry == null) {
			return (registrar != null)
					? new RegistrationState(Phase.WAITING, now, desired.instance(),
							registrar + " registers this application and has deregistered it", null)
					: new RegistrationState(Phase.WITHDRAWN, now, desired.instance(), unhealthy, null);
		}
		InstanceRegistration instance = entry.instance();
		if (unhealthy == null) {
			String reason = (registrar != null) ? "registered by " + registrar : null;
			return new RegistrationState(Phase.REGISTERED, now, instance, reason, null);
		}
		if (!observed.storesHealth() && !health.mayDeregister()) {
			return new RegistrationState(Phase.REGISTERED, now, instance,
					unhealthy + "; callers do not see this, since service " + instance.service() + " stores no health",
					null);
		}
		String reason = observed.is(Fact.NO_HEALTHY_PEER)
				? unhealthy + "; it stays registered, since no other instance is known to be healthy" : unhealthy;
		return new RegistrationState(Phase.OUT_OF_SERVICE, now, instance, reason, null);
	}

	/**
	 * The same, beginning when the state before began if that was the same phase.
	 */
	RegistrationState after(RegistrationState before) {
		return (this.phase == before.phase)
				? new RegistrationState(this.phase, before.since, this.instance, this.reason, this.problem) : this;
	}

	/**
	 * Whether the registry holds the instance, as far as its answers show.
	 */
	public boolean isHeld() {
		return this.phase == Phase.REGISTERED || this.phase == Phase.OUT_OF_SERVICE;
	}

	/**
	 * Whether the application is to be registered, whether that has succeeded or not.
	 */
	public boolean isWanted() {
		return this.phase != Phase.WAITING && this.phase != Phase.DEREGISTERED;
	}

	/**
	 * The phases of a registration.
	 */
	public enum Phase {

		/** The application is not ready yet, or has nothing to register. */
		WAITING,

		/** The application is ready and is being registered. */
		REGISTERING,

		/** The registration failed and is repeated. */
		FAILED,

		/** The registry holds the instance as healthy. */
		REGISTERED,

		/** The registry holds the instance as unhealthy. */
		OUT_OF_SERVICE,

		/** The instance is deregistered until it is healthy. */
		WITHDRAWN,

		/** The instance is deregistered. */
		DEREGISTERED

	}

}
