package dev.cloudmap.discovery.registry;

import java.time.Duration;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Definition of a service that is created. In a namespace without DNS, the records are
 * ignored.
 *
 * @param recordTypes the DNS records of the service; not empty
 * @param ttl the TTL of the records, in whole seconds
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
	 * Returns the definition for instances of this kind: A and AAAA records according to
	 * the addresses, and an SRV record only with a port. The result has at least the
	 * records of the addresses.
	 * @param addresses the record types of the instance's addresses, A or AAAA or both
	 * @param port the instance's port; empty if it has none
	 */
	ServiceDefinition fitting(Set<RecordType> addresses, OptionalInt port) {
		EnumSet<RecordType> types = EnumSet.noneOf(RecordType.class);
		if (this.recordTypes.contains(RecordType.SRV) && port.isPresent()) {
			types.add(RecordType.SRV);
		}
		if (types.isEmpty() || this.recordTypes.contains(RecordType.A) || this.recordTypes.contains(RecordType.AAAA)) {
			types.addAll(addresses);
		}
		return new ServiceDefinition(types, this.ttl);
	}

}
