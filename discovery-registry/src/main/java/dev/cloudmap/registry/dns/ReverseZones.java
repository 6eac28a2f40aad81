package dev.cloudmap.registry.dns;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Type;

import dev.cloudmap.registry.state.CreateNamespace;

/**
 * The zones that lead from addresses back to names. Each registered address is a zone of
 * its own, so that the registry claims no address that it knows nothing of. One thread
 * changes them while others read.
 */
final class ReverseZones {

	/** What addresses lead back to, and how many instances say so. */
	private final ConcurrentNavigableMap<Pointer, Integer> pointers = new ConcurrentSkipListMap<>();

	private final BiFunction<Name, Name, @Nullable ServiceRecords> services;

	private volatile long revision;

	/**
	 * Creates zones without any address.
	 * @param services finds the records of a service by its name, unless another zone
	 * answers for the second name, which is below it
	 */
	ReverseZones(BiFunction<Name, Name, @Nullable ServiceRecords> services) {
		this.services = services;
	}

	/**
	 * Takes notice of a service's new records.
	 * @param former those it had, or null
	 * @param records those it has now
	 * @param touched the ids of all instances that are not what they were
	 * @param newRevision the registry's revision
	 */
	void put(@Nullable ServiceRecords former, ServiceRecords records, Set<String> touched, long newRevision) {
		if (former != null && former.hasSettingsOf(records)) {
			touched.forEach((instanceId) -> replace(former.pointers(instanceId), records.pointers(instanceId)));
		}
		else {
			if (former != null) {
				remove(former, newRevision);
			}
			records.instanceIds().forEach((instanceId) -> replace(List.of(), records.pointers(instanceId)));
		}
		this.revision = newRevision;
	}

	/**
	 * Takes notice that a service has no records any more.
	 */
	void remove(ServiceRecords former, long newRevision) {
		former.instanceIds().forEach((instanceId) -> replace(former.pointers(instanceId), List.of()));
		this.revision = newRevision;
	}

	private void replace(List<Pointer> before, List<Pointer> after) {
		if (before.equals(after)) {
			return;
		}
		// What stays is never missing in between.
		after.forEach((pointer) -> this.pointers.merge(pointer, 1, Integer::sum));
		before.forEach((pointer) -> this.pointers.computeIfPresent(pointer,
				(same, count) -> (count > 1) ? Integer.valueOf(count - 1) : null));
	}

	/**
	 * Finds the zone that a name is in.
	 * @param name a name
	 * @return the zone, or null when the name is no registered address's and below none
	 */
	@Nullable Zone find(Name name) {
		Address address = Address.ofReverseName(name);
		if (address == null) {
			return null;
		}
		Pointer first = this.pointers.ceilingKey(Pointer.at(address, Integer.MIN_VALUE));
		if (first == null || !first.address().equals(address)) {
			return null;
		}
		int below = name.labels() - address.labels();
		return new ReverseZone((below > 0) ? new Name(name, below) : name, address);
	}

	/**
	 * Returns what addresses lead back to, and how many instances say so.
	 */
	ConcurrentNavigableMap<Pointer, Integer> pointers() {
		return this.pointers;
	}

	/**
	 * Returns some of the names that an address leads back to, beginning anywhere.
	 */
	private List<Record> answer(Name apex, Address address) {
		int begin = ThreadLocalRandom.current().nextInt();
		Set<Record> answer = new LinkedHashSet<>();
		collect(this.pointers.tailMap(Pointer.at(address, begin)), apex, address, answer);
		collect(this.pointers.subMap(Pointer.at(address, Integer.MIN_VALUE), Pointer.at(address, begin)), apex, address,
				answer);
		return List.copyOf(answer);
	}

	private void collect(ConcurrentNavigableMap<Pointer, Integer> from, Name apex, Address address,
			Set<Record> answer) {
		for (Pointer pointer : from.keySet()) {
			if (answer.size() == ServiceRecords.MAX_ANSWERS || !pointer.address().equals(address)) {
				return;
			}
			Name target = pointer.target();
			ServiceRecords service = (target != null) ? this.services.apply(pointer.owner(), target) : null;
			if (service != null && service.id().equals(pointer.serviceId()) && target != null) {
				answer.add(new PTRRecord(apex, DClass.IN, service.ttl(pointer), target));
			}
		}
	}

	/**
	 * The zone of one address.
	 */
	private final class ReverseZone implements Zone {

		private final Name apex;

		private final Address address;

		private ReverseZone(Name apex, Address address) {
			this.apex = apex;
			this.address = address;
		}

		@Override
		public Name apex() {
			return this.apex;
		}

		@Override
		public SOARecord soa() {
			return Zone.soa(this.apex, CreateNamespace.DEFAULT_SOA_TTL, ReverseZones.this.revision);
		}

		@Override
		public @Nullable List<Record> find(Name name, int type) {
			if (!name.equals(this.apex)) {
				return null;
			}
			return switch (type) {
				case Type.PTR -> answer(this.apex, this.address);
				case Type.SOA -> List.of(soa());
				case Type.NS -> List.of(Zone.ns(this.apex));
				case Type.ANY ->
					Stream.concat(Stream.of(soa(), Zone.ns(this.apex)), answer(this.apex, this.address).stream())
						.toList();
				default -> List.of();
			};
		}

		@Override
		public @Nullable List<Record> findTarget(Name name) {
			return null;
		}

	}

}
