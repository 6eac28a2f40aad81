package dev.cloudmap.registry.state;

import java.util.List;

/**
 * The DNS records of a service.
 *
 * @param routingPolicy how many instances one answer names
 * @param records the types of records, each at most once
 */
public record DnsSettings(RoutingPolicy routingPolicy, List<TypedRecord> records) {

	public DnsSettings {
		records = List.copyOf(records);
	}

	/**
	 * Returns whether instances get records of a type.
	 * @param type a type
	 * @return whether instances get records of the type
	 */
	public boolean has(RecordType type) {
		return this.records.stream().anyMatch((entry) -> entry.type() == type);
	}

	/**
	 * One type of record and for how long its answers may be kept.
	 *
	 * @param type the type
	 * @param ttl seconds
	 */
	public record TypedRecord(RecordType type, long ttl) {

	}

}
