package dev.cloudmap.registry.dns.zone;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Type;

/**
 * The zone of a DNS namespace. Changed by one thread at a time; any thread can read it.
 */
public final class NamespaceZone {

	/** The name server of all zones. */
	private static final Name NAME_SERVER = Name.fromConstantString("localhost.");

	private static final Name HOSTMASTER = Name.fromConstantString("hostmaster.localhost.");

	/** In seconds, as the values below. */
	private static final long SOA_REFRESH = 7200;

	private static final long SOA_RETRY = 900;

	private static final long SOA_EXPIRE = 1_209_600;

	private static final long NS_TTL = 300;

	private static final long SERIAL_MASK = 0xFFFF_FFFFL;

	private final Name apex;

	private volatile long negativeTtl;

	private final Map<Name, ServiceRecords> services = new ConcurrentHashMap<>();

	/** Empty non-terminals. */
	private final Set<Name> nonTerminals = ConcurrentHashMap.newKeySet();

	private volatile long revision;

	private final Function<Name, Predicate<Name>> targets;

	/**
	 * Creates a zone without services.
	 * @param apex the name of the namespace
	 * @param negativeTtl the TTL of negative responses in seconds
	 * @param revision the revision of the registry
	 * @param targets returns whether this zone contains a name below that of a service
	 */
	NamespaceZone(Name apex, long negativeTtl, long revision, Function<Name, Predicate<Name>> targets) {
		this.apex = apex;
		this.targets = targets;
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
	 * Adds or replaces the records of a service.
	 * @return the replaced records, or null
	 */
	@Nullable ServiceRecords put(Name owner, ServiceRecords records, long newRevision) {
		ServiceRecords former = this.services.put(owner, records);
		this.nonTerminals.addAll(DnsNames.between(this.apex, owner));
		this.revision = newRevision;
		return former;
	}

	/**
	 * Removes the records of a service.
	 * @return the removed records, or null
	 */
	@Nullable ServiceRecords remove(Name owner, long newRevision) {
		ServiceRecords former = this.services.remove(owner);
		if (former != null) {
			Set<Name> needed = this.services.keySet()
				.stream()
				.flatMap((other) -> DnsNames.between(this.apex, other).stream())
				.collect(Collectors.toSet());
			this.nonTerminals.retainAll(needed);
			this.revision = newRevision;
		}
		return former;
	}

	Collection<ServiceRecords> services() {
		return this.services.values();
	}

	/**
	 * Returns the SOA record, which negative responses contain.
	 * @return the SOA record
	 */
	public SOARecord soa() {
		long ttl = this.negativeTtl;
		return new SOARecord(this.apex, DClass.IN, ttl, NAME_SERVER, HOSTMASTER, this.revision & SERIAL_MASK,
				SOA_REFRESH, SOA_RETRY, SOA_EXPIRE, ttl);
	}

	private NSRecord ns() {
		return new NSRecord(this.apex, DClass.IN, NS_TTL, NAME_SERVER);
	}

	/**
	 * Finds the records of a name.
	 * @param name a name in the zone
	 * @param type a type, or ANY for all records
	 * @return the records, which can be empty; null if the name does not exist
	 */
	public @Nullable List<Record> find(Name name, int type) {
		ServiceRecords service = this.services.get(name);
		if (name.equals(this.apex)) {
			return atApex((service != null) ? answer(name, service, type) : List.of(), type);
		}
		if (service != null && service.hasInstances()) {
			return answer(name, service, type);
		}
		List<Record> target = findTarget(name);
		if (target != null) {
			return target.stream().filter((entry) -> type == Type.ANY || entry.getType() == type).toList();
		}
		boolean exists = service != null || this.nonTerminals.contains(name) || isAboveTarget(name);
		return exists ? List.of() : null;
	}

	/**
	 * Returns the records of a service, without SRV records whose target is in another
	 * zone.
	 */
	private List<Record> answer(Name owner, ServiceRecords service, int type) {
		return service.answer(type, this.targets.apply(owner));
	}

	/**
	 * Finds the service with a name, which can be the name of an instance.
	 */
	@Nullable ServiceRecords findRecords(Name name) {
		ServiceRecords service = this.services.get(name);
		if (name.equals(this.apex) || (service != null && service.hasInstances())) {
			return service;
		}
		ServiceRecords ofInstance = findAbove(name, (above) -> (above.findTarget(name) != null) ? above : null);
		return (ofInstance != null) ? ofInstance : service;
	}

	/**
	 * Finds the addresses of an instance.
	 * @param name the name of the instance
	 * @return the addresses, or null if no instance has the name
	 */
	public @Nullable List<Record> findTarget(Name name) {
		return findAbove(name, (above) -> above.findTarget(name));
	}

	private boolean isAboveTarget(Name name) {
		return findAbove(name, (above) -> above.isNonTerminal(name) ? above : null) != null;
	}

	/**
	 * Searches the services above a name, the nearest one first.
	 */
	private <T> @Nullable T findAbove(Name name, Function<ServiceRecords, @Nullable T> finder) {
		int most = name.labels() - this.apex.labels();
		for (int skipped = 1; skipped <= most; skipped++) {
			ServiceRecords service = this.services.get(new Name(name, skipped));
			T found = (service != null) ? finder.apply(service) : null;
			if (found != null) {
				return found;
			}
		}
		return null;
	}

	/**
	 * Returns the records of the apex. ANY excludes an alias, which cannot exist beside
	 * SOA and NS records (RFC 1034, section 3.6.2).
	 * @param ofService the records of the service with this name
	 */
	private List<Record> atApex(List<Record> ofService, int type) {
		return switch (type) {
			case Type.SOA -> List.of(soa());
			case Type.NS -> List.of(ns());
			case Type.ANY -> Stream
				.concat(Stream.of(soa(), ns()), ofService.stream().filter((entry) -> !(entry instanceof CNAMERecord)))
				.toList();
			default -> ofService;
		};
	}

}
