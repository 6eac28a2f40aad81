package dev.cloudmap.discovery.registration.reconcile;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registry.InstanceRegistration;

/**
 * What the registry should hold of this application.
 *
 * @param instance the instance to register; null if none
 * @param health the health to report
 * @param removableSince since when, by the monotonic clock, the instance has been
 * unhealthy for a reason that may deregister it; {@link Instant#MAX} if it is not
 */
record DesiredState(@Nullable InstanceRegistration instance, ReportedHealth health, Instant removableSince) {

	/** Nothing to register. */
	static final DesiredState NONE = new DesiredState(null, ReportedHealth.HEALTHY, Instant.MAX);

	DesiredState with(@Nullable InstanceRegistration instance) {
		return new DesiredState(instance, this.health, this.removableSince);
	}

	/**
	 * A further reason does not restart the time for which the instance has been
	 * unhealthy.
	 */
	DesiredState with(ReportedHealth health, Instant now) {
		Instant since = this.health.mayDeregister() ? this.removableSince : now;
		return new DesiredState(this.instance, health, health.mayDeregister() ? since : Instant.MAX);
	}

}
