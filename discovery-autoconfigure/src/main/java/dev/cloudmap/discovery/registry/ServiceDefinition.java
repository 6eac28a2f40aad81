package dev.cloudmap.discovery.registry;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * How a service is made that does not exist yet. In a namespace without DNS the records
 * are left out.
 *
 * @param recordTypes the DNS records of the service; never null, not empty
 * @param ttl how long resolvers may keep them, in whole seconds; never null
 */
public record ServiceDefinition(Set<RecordType> recordTypes, Duration ttl) {

	/**
	 * A type of DNS record that a service can have.
	 */
	public enum RecordType {

		/** IPv4 address. */
		A,
		/** IPv6 address. */
		AAAA,
		/** Port and target (RFC 2782). */
		SRV

	}

	public ServiceDefinition {
		recordTypes = Set.copyOf(recordTypes);
	}

	/**
	 * The same definition for an instance whose address is IPv6: AAAA in place of A.
	 */
	public ServiceDefinition forIpv6() {
		if (!this.recordTypes.contains(RecordType.A)) {
			return this;
		}
		EnumSet<RecordType> types = EnumSet.copyOf(this.recordTypes);
		types.remove(RecordType.A);
		types.add(RecordType.AAAA);
		return new ServiceDefinition(types, this.ttl);
	}

}
