package dev.cloudmap.discovery.registration.reconcile;

import java.time.Instant;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.registry.InstanceRegistration;

/**
 * The next step from the observed to the desired registration.
 */
sealed interface RegistrationAction {

	/**
	 * Registers an instance, unless an external registrar has registered it.
	 */
	record Register(InstanceRegistration instance, HealthStatus health) implements RegistrationAction {
	}

	/**
	 * Registers an instance once more, since the registry holds other attributes; unless
	 * they are an external registrar's.
	 */
	record Correct(InstanceRegistration instance, HealthStatus health) implements RegistrationAction {
	}

	/**
	 * Reports the health of a registered instance. {@code HEALTHY} renews its lease.
	 */
	record ReportHealth(InstanceRegistration instance, HealthStatus health) implements RegistrationAction {
	}

	/**
	 * Renews the lease of an instance by registering it once more.
	 */
	record Renew(InstanceRegistration instance, HealthStatus health) implements RegistrationAction {
	}

	/**
	 * Reads a registered instance back.
	 */
	record Verify(InstanceRegistration instance) implements RegistrationAction {
	}

	/**
	 * Looks for another healthy instance of the same service.
	 */
	record FindHealthyPeer(InstanceRegistration instance) implements RegistrationAction {
	}

	/**
	 * Deregisters an instance.
	 */
	record Deregister(InstanceRegistration instance) implements RegistrationAction {
	}

	/**
	 * Nothing is to be done before a time, by the monotonic clock, unless the desired
	 * state changes; {@link Instant#MAX} for ever.
	 */
	record Wait(Instant until) implements RegistrationAction {
	}

}
