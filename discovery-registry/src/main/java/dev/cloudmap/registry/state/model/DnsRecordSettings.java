package dev.cloudmap.registry.state.model;

import java.util.List;

/**
 * The DNS records of a service.
 *
 * @param routingPolicy the number of instances in a response
 * @param records the types of records, each at most once
 */
public record DnsRecordSettings(RoutingPolicy routingPolicy, List<TypedRecord> records) {

	public DnsRecordSettings {
		records = List.copyOf(records);
	}

	/**
	 * Returns whether instances have records of a type.
	 * @param type a type
	 * @return whether instances have records of the type
	 */
	public boolean has(RecordType type) {
		return this.records.stream().anyMatch((entry) -> entry.type() == type);
	}

	/**
	 * A type of record and its TTL.
	 *
	 * @param type the type
	 * @param ttl the TTL in seconds
	 */
	public record TypedRecord(RecordType type, long ttl) {

	}

}
