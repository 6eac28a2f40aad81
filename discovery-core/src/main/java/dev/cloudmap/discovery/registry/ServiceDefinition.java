package dev.cloudmap.discovery.registry;

import java.time.Duration;
import java.util.EnumSet;
import java.util.OptionalInt;
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
	 * The definition of a service whose instances are of this kind: A and AAAA records as
	 * the addresses are, and an SRV record only with a port. At least the addresses are
	 * in DNS.
	 * @param addresses the records of the instance's addresses, A or AAAA or both; not
	 * null
	 * @param port the instance's port; empty if it has none; not null
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
