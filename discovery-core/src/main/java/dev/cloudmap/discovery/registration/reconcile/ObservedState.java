package dev.cloudmap.discovery.registration.reconcile;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

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

	/** Nothing is registered. */
	static final ObservedState NONE = new ObservedState(null, List.of(), null, Instant.MIN, Set.of());

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

	ObservedState with(Fact fact) {
		Set<Fact> all = EnumSet.of(fact);
		all.addAll(this.facts);
		return with(all);
	}

	private ObservedState with(Set<Fact> facts) {
		return new ObservedState(this.entry, this.claims, this.externalRegistrar, this.externalCheckAt, facts);
	}

	/**
	 * Drops what holds for one pass of the reconciler only.
	 */
	ObservedState beginPass() {
		return is(Fact.STORES_NO_HEALTH) ? with(Set.of(Fact.STORES_NO_HEALTH)) : with(Set.of());
	}

	/**
	 * A call is about to create the entry of an instance.
	 */
	ObservedState claimed(InstanceRegistration instance) {
		List<InstanceRegistration> claims = Stream
			.concat(this.claims.stream().filter((claim) -> !isSameEntry(claim, instance)), Stream.of(instance))
			.toList();
		return new ObservedState(this.entry, claims, this.externalRegistrar, this.externalCheckAt, this.facts);
	}

	/**
	 * The registry has accepted an entry.
	 */
	ObservedState accepted(Entry entry) {
		return new ObservedState(entry, this.claims, this.externalRegistrar, this.externalCheckAt, this.facts);
	}

	/**
	 * The registry no longer holds an entry, or has to be asked for it again.
	 */
	ObservedState lost() {
		return new ObservedState(null, this.claims, this.externalRegistrar, Instant.MIN, this.facts);
	}

	/**
	 * The registry has removed the entry of an instance.
	 */
	ObservedState deregistered(InstanceRegistration instance) {
		List<InstanceRegistration> claims = this.claims.stream()
			.filter((claim) -> !isSameEntry(claim, instance))
			.toList();
		boolean current = this.entry != null && isSameEntry(this.entry.instance(), instance);
		return new ObservedState(current ? null : this.entry, claims, this.externalRegistrar, this.externalCheckAt,
				this.facts);
	}

	/**
	 * An external registrar has registered this application.
	 */
	ObservedState adopted(String registrar, Entry entry) {
		return new ObservedState(entry, claimed(entry.instance()).claims(), registrar, Instant.MIN, this.facts);
	}

	/**
	 * The external registrar has deregistered this application.
	 */
	ObservedState externallyDeregistered(Instant checkAt) {
		return new ObservedState(null, List.of(), this.externalRegistrar, checkAt, this.facts);
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

		Entry withHealth(HealthStatus health) {
			return new Entry(this.desired, this.instance, health, this.renewAt, this.verifyAt, this.deviation,
					this.corrected);
		}

		Entry renewed(Instant renewAt) {
			return new Entry(this.desired, this.instance, this.health, renewAt, this.verifyAt, this.deviation,
					this.corrected);
		}

		/**
		 * The attributes could not be read back.
		 */
		Entry unverified(Instant verifyAt) {
			return new Entry(this.desired, this.instance, this.health, this.renewAt, verifyAt, this.deviation,
					this.corrected);
		}

		Entry verified(Instant verifyAt) {
			return new Entry(this.desired, this.instance, this.health, this.renewAt, verifyAt, null, null);
		}

		Entry deviating(Map<String, String> found, Instant verifyAt) {
			return new Entry(this.desired, this.instance, this.health, this.renewAt, verifyAt, found, this.corrected);
		}

		Entry afterCorrection() {
			return new Entry(this.desired, this.instance, this.health, this.renewAt, this.verifyAt, null,
					this.deviation);
		}

	}

}
