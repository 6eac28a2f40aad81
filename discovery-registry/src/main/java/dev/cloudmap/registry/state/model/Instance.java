package dev.cloudmap.registry.state.model;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * An instance of a service.
 *
 * @param key its service and id
 * @param attributes its attributes
 * @param reported the latest reported health
 * @param lease the time within which the registration must be renewed; null if there is
 * no lease
 * @param standing whether the lease has expired
 * @param registration the revision of its registration, which identifies the registration
 * @param creatorRequestId the request id that the client chose
 * @param operationId the operation that registered it; null without a creatorRequestId
 */
public record Instance(InstanceReference key, Map<String, String> attributes, HealthStatus reported,
		@Nullable Duration lease, Standing standing, long registration, @Nullable String creatorRequestId,
		@Nullable String operationId) {

	public Instance {
		attributes = Map.copyOf(attributes);
	}

	/**
	 * Returns the id, unique within the service.
	 * @return the id
	 */
	public String id() {
		return this.key.instanceId();
	}

	/**
	 * Returns the health that lookups use: an instance with an expired lease is
	 * unhealthy.
	 * @return the health
	 */
	public HealthStatus health() {
		return (this.standing == Standing.LAPSED) ? HealthStatus.UNHEALTHY : this.reported;
	}

	/**
	 * Returns whether this registration only renews the lease of an earlier one: it has
	 * the same attributes, and a lease.
	 * @param earlier a registration of the same instance
	 * @return whether it renews the earlier one
	 */
	public boolean renews(Instance earlier) {
		return this.lease != null && this.attributes.equals(earlier.attributes);
	}

	/**
	 * Returns this instance with another reported health.
	 * @param status the health
	 * @return the changed instance
	 */
	public Instance reporting(HealthStatus status) {
		return with(status, this.standing);
	}

	/**
	 * Returns this instance with a renewed lease.
	 * @return the changed instance
	 */
	public Instance renewed() {
		return with(HealthStatus.HEALTHY, Standing.CURRENT);
	}

	/**
	 * Returns this instance with an expired lease.
	 * @return the changed instance
	 */
	public Instance lapsed() {
		return with(this.reported, Standing.LAPSED);
	}

	/**
	 * Returns this instance without a lease.
	 * @return the changed instance
	 */
	public Instance withoutLease() {
		return new Instance(this.key, this.attributes, this.reported, null, Standing.CURRENT, this.registration,
				this.creatorRequestId, this.operationId);
	}

	private Instance with(HealthStatus status, Standing newStanding) {
		return new Instance(this.key, this.attributes, status, this.lease, newStanding, this.registration,
				this.creatorRequestId, this.operationId);
	}

	/**
	 * Whether the lease of an instance has expired.
	 */
	public enum Standing {

		/** The instance has no lease, or its lease has not expired. */
		CURRENT,

		/** The lease has expired. */
		LAPSED

	}

}
