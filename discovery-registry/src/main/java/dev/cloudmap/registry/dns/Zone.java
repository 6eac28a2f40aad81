package dev.cloudmap.registry.dns;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Type;

/**
 * The zone of one DNS namespace. One thread changes it while others read.
 */
final class Zone {

	/** The name server of all zones: the registry is found by its port, not by a name. */
	private static final Name NAME_SERVER = Name.fromConstantString("localhost.");

	private static final Name HOSTMASTER = Name.fromConstantString("hostmaster.localhost.");

	private static final long SOA_REFRESH = 7200;

	private static final long SOA_RETRY = 900;

	private static final long SOA_EXPIRE = 1_209_600;

	private static final long NS_TTL = 300;

	private static final long SERIAL_MASK = 0xFFFF_FFFFL;

	private final Name apex;

	private volatile long negativeTtl;

	private final Map<Name, ServiceRecords> services = new ConcurrentHashMap<>();

	/** Names that exist only because there is something below them. */
	private final Set<Name> nonTerminals = ConcurrentHashMap.newKeySet();

	private volatile long revision;

	Zone(Name apex, long negativeTtl, long revision) {
		this.apex = apex;
		this.negativeTtl = negativeTtl;
		this.revision = revision;
	}

	Name apex() {
		return this.apex;
	}

	void update(long newNegativeTtl, long newRevision) {
		this.negativeTtl = newNegativeTtl;
		this.revision = newRevision;
	}

	/**
	 * Sets the records of a service.
	 * @return those it had, or null
	 */
	@Nullable ServiceRecords put(Name owner, ServiceRecords records, long newRevision) {
		ServiceRecords former = this.services.put(owner, records);
		namesAbove(owner).forEach(this.nonTerminals::add);
		this.revision = newRevision;
		return former;
	}

	/**
	 * Removes the records of a service, if it has any.
	 * @return those it had, or null
	 */
	@Nullable ServiceRecords remove(Name owner, long newRevision) {
		ServiceRecords former = this.services.remove(owner);
		if (former != null) {
			Set<Name> needed = this.services.keySet()
				.stream()
				.flatMap((other) -> namesAbove(other).stream())
				.collect(Collectors.toSet());
			this.nonTerminals.retainAll(needed);
			this.revision = newRevision;
		}
		return former;
	}

	/**
	 * Ends the records of all services, because the zone is no more.
	 */
	void end() {
		this.services.values().forEach(ServiceRecords::end);
	}

	private List<Name> namesAbove(Name owner) {
		List<Name> names = new ArrayList<>();
		for (int labels = this.apex.labels() + 1; labels < owner.labels(); labels++) {
			names.add(new Name(owner, owner.labels() - labels));
		}
		return names;
	}

	/**
	 * Returns the record that goes with an answer saying that there is nothing.
	 */
	SOARecord soa() {
		return new SOARecord(this.apex, DClass.IN, this.negativeTtl, NAME_SERVER, HOSTMASTER,
				this.revision & SERIAL_MASK, SOA_REFRESH, SOA_RETRY, SOA_EXPIRE, this.negativeTtl);
	}

	/**
	 * Returns what the zone has for a name and a type.
	 * @param name a name in the zone
	 * @param type a type
	 * @return the records, none of them for a name that exists; null for a name that does
	 * not
	 */
	@Nullable List<Record> find(Name name, int type) {
		ServiceRecords service = this.services.get(name);
		if (name.equals(this.apex)) {
			return atApex(service, type);
		}
		if (service != null) {
			return service.answer(type);
		}
		List<Record> target = findTarget(name);
		if (target != null) {
			return target.stream().filter((entry) -> entry.getType() == type).toList();
		}
		return this.nonTerminals.contains(name) ? List.of() : null;
	}

	/**
	 * Returns the service that has a name, itself or for one of its instances, if any
	 * has.
	 */
	@Nullable ServiceRecords findRecords(Name name) {
		ServiceRecords service = this.services.get(name);
		return (service != null || name.equals(this.apex)) ? service : this.services.get(new Name(name, 1));
	}

	/**
	 * Returns the addresses of the name that an SRV record points to.
	 * @return the addresses, or null when the name is none of an instance
	 */
	@Nullable List<Record> findTarget(Name name) {
		ServiceRecords service = this.services.get(new Name(name, 1));
		return (service != null) ? service.findTarget(name) : null;
	}

	private List<Record> atApex(@Nullable ServiceRecords service, int type) {
		return switch (type) {
			case Type.SOA -> List.of(soa());
			case Type.NS -> List.of(new NSRecord(this.apex, DClass.IN, NS_TTL, NAME_SERVER));
			default -> (service != null) ? service.answer(type) : List.of();
		};
	}

}
