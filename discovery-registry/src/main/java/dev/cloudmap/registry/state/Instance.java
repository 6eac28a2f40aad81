package dev.cloudmap.registry.state;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * An instance of a service.
 *
 * @param key its service and id
 * @param attributes its attributes as they were given
 * @param reported the health last reported, or UNKNOWN where nothing reports it
 * @param lease for how long a registration counts without being renewed; null for ever
 * @param standing whether the lease has run out
 * @param registration the revision that registered it, which tells two registrations of
 * one id apart
 * @param creatorRequestId the creator's own id of the request
 * @param operationId the operation that registered it; kept only where the creator's own
 * id of the request is, which may be repeated
 */
public record Instance(InstanceKey key, Map<String, String> attributes, HealthStatus reported, @Nullable Duration lease,
		Standing standing, long registration, @Nullable String creatorRequestId, @Nullable String operationId) {

	public Instance {
		attributes = Map.copyOf(attributes);
	}

	/**
	 * Returns the id, unique in the service.
	 * @return the id
	 */
	public String id() {
		return this.key.instanceId();
	}

	/**
	 * Returns the health that look-ups go by: an instance whose lease has run out is
	 * unhealthy whatever it reported last, even where nothing else reports health.
	 * @return the health that look-ups go by
	 */
	public HealthStatus health() {
		return (this.standing == Standing.LAPSED) ? HealthStatus.UNHEALTHY : this.reported;
	}

	/**
	 * Returns whether this registration says again what an earlier one said, only to
	 * renew its lease. Without a lease a registration is always a new one, as on Cloud
	 * Map.
	 * @param earlier a registration of the same instance
	 * @return whether it renews the earlier one
	 */
	public boolean renews(Instance earlier) {
		return this.lease != null && this.attributes.equals(earlier.attributes);
	}

	Instance reporting(HealthStatus status) {
		return with(status, this.standing);
	}

	Instance renewed() {
		return with(HealthStatus.HEALTHY, Standing.CURRENT);
	}

	Instance lapsed() {
		return with(this.reported, Standing.LAPSED);
	}

	/**
	 * Returns the same without a lease, whose end is forgotten if it has passed.
	 */
	Instance withoutLease() {
		return new Instance(this.key, this.attributes, this.reported, null, Standing.CURRENT, this.registration,
				this.creatorRequestId, this.operationId);
	}

	private Instance with(HealthStatus status, Standing newStanding) {
		return new Instance(this.key, this.attributes, status, this.lease, newStanding, this.registration,
				this.creatorRequestId, this.operationId);
	}

	/**
	 * Whether a registration still counts.
	 */
	public enum Standing {

		/** It has no lease, or one that was renewed in time. */
		CURRENT,

		/** Its lease has run out. */
		LAPSED

	}

}
