package dev.cloudmap.discovery.registration.reconcile;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.registry.InstanceRegistration;

/**
 * What the registry holds of this application, as far as its answers show. All times are
 * by the monotonic clock.
 *
 * @param entry what the registry has accepted; null if nothing
 * @param claims the entries that the registry may hold, since a call has tried to create
 * them: they are deregistered when they are not desired
 * @param externalRegistrar the name of the external registrar that registers this
 * application; null if there is none
 * @param externalCheckAt when to look again for the entry of an external registrar that
 * has deregistered this application
 * @param facts what else is known
 */
record ObservedState(@Nullable Entry entry, List<InstanceRegistration> claims, @Nullable String externalRegistrar,
		Instant externalCheckAt, Set<Fact> facts) {

	ObservedState {
		claims = List.copyOf(claims);
		facts = Set.copyOf(facts);
	}

	boolean is(Fact fact) {
		return this.facts.contains(fact);
	}

	/**
	 * Whether the registry stores the health of an instance.
	 */
	boolean storesHealth() {
		return !is(Fact.STORES_NO_HEALTH);
	}

	/**
	 * Whether the registry removes the instance when its lease is not renewed.
	 */
	boolean isLeased() {
		return this.externalRegistrar == null && is(Fact.LEASES);
	}

	static boolean isSameEntry(InstanceRegistration one, InstanceRegistration other) {
		return one.service().equals(other.service()) && one.instanceId().equals(other.instanceId());
	}

	/**
	 * A property of the registry, observed apart from the entry.
	 */
	enum Fact {

		/** It removes instances whose lease is not renewed. */
		LEASES,

		/** It does not store the health of instances of this service. */
		STORES_NO_HEALTH,

		/** Another instance of the service is healthy. */
		HEALTHY_PEER,

		/** No other instance of the service is known to be healthy. */
		NO_HEALTHY_PEER

	}

	/**
	 * An accepted entry.
	 *
	 * @param desired the desired instance that led to it
	 * @param instance the instance that the registry holds, with another id where an
	 * external registrar has registered it
	 * @param health the health that was last reported
	 * @param renewAt when to renew its lease
	 * @param verifyAt when to read it back
	 * @param deviation the attributes that were read back, if they are not those that
	 * were registered; null otherwise
	 * @param corrected the deviation that was last corrected; null if none
	 */
	record Entry(InstanceRegistration desired, InstanceRegistration instance, HealthStatus health, Instant renewAt,
			Instant verifyAt, @Nullable Map<String, String> deviation, @Nullable Map<String, String> corrected) {

		/**
		 * Whether the attributes in the registry differ from the registered attributes. A
		 * deviation that returns after its correction is not corrected again.
		 */
		boolean isToBeCorrected() {
			return this.deviation != null && !this.deviation.equals(this.corrected);
		}

		Entry reported(HealthStatus health, Instant renewAt) {
			return new Entry(this.desired, this.instance, health, renewAt, this.verifyAt, this.deviation,
					this.corrected);
		}

		Entry compared(Instant verifyAt, @Nullable Map<String, String> deviation,
				@Nullable Map<String, String> corrected) {
			return new Entry(this.desired, this.instance, this.health, this.renewAt, verifyAt, deviation, corrected);
		}

	}

}
