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
 * The zone of one DNS namespace. One thread changes it while others read.
 */
public final class NamespaceZone {

	/** The name server of all zones: the registry is found by its port, not by a name. */
	private static final Name NAME_SERVER = Name.fromConstantString("localhost.");

	private static final Name HOSTMASTER = Name.fromConstantString("hostmaster.localhost.");

	/** In seconds, as the following. */
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

	private final Function<Name, Predicate<Name>> targets;

	/**
	 * Creates a zone without services.
	 * @param apex the namespace's name
	 * @param negativeTtl for how many seconds it may be kept that there is nothing
	 * @param revision the registry's revision
	 * @param targets whether this zone answers for names below a service's
	 */
	NamespaceZone(Name apex, long negativeTtl, long revision, Function<Name, Predicate<Name>> targets) {
		this.apex = apex;
		this.targets = targets;
		this.negativeTtl = negativeTtl;
		this.revision = revision;
	}

	/**
	 * Returns the name that all others of the zone end with.
	 */
	Name apex() {
		return this.apex;
	}

	void update(long newNegativeTtl, long newRevision) {
		this.negativeTtl = newNegativeTtl;
		this.revision = newRevision;
	}

	/**
	 * Returns the records of a service.
	 * @param owner a name
	 * @return its records, or null when it is no service's
	 */
	@Nullable ServiceRecords findService(Name owner) {
		return this.services.get(owner);
	}

	/**
	 * Sets the records of a service.
	 */
	void put(Name owner, ServiceRecords records, long newRevision) {
		this.services.put(owner, records);
		this.nonTerminals.addAll(DnsNames.between(this.apex, owner));
		this.revision = newRevision;
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
				.flatMap((other) -> DnsNames.between(this.apex, other).stream())
				.collect(Collectors.toSet());
			this.nonTerminals.retainAll(needed);
			this.revision = newRevision;
		}
		return former;
	}

	/**
	 * Returns the records of all services.
	 */
	Collection<ServiceRecords> services() {
		return this.services.values();
	}

	/**
	 * Returns the record that goes with an answer saying that there is nothing.
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
	 * Returns what the zone has for a name and a type.
	 * @param name a name in the zone
	 * @param type a type, or ANY for all records of the name
	 * @return the records, none of them for a name that exists; null for a name that does
	 * not
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
	 * Returns the answer of a service, without SRV records whose target belongs to
	 * another zone.
	 */
	private List<Record> answer(Name owner, ServiceRecords service, int type) {
		return service.answer(type, this.targets.apply(owner));
	}

	/**
	 * Returns the service that has a name, itself or for one of its instances, if any
	 * has.
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
	 * Returns the addresses of the name that an SRV record points to.
	 * @return the addresses, or null when the name is none of an instance
	 */
	public @Nullable List<Record> findTarget(Name name) {
		return findAbove(name, (above) -> above.findTarget(name));
	}

	private boolean isAboveTarget(Name name) {
		return findAbove(name, (above) -> above.isNonTerminal(name) ? above : null) != null;
	}

	/**
	 * Finds something in a service whose name is above another, the nearest one first.
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
	 * Returns the records of the zone's own name. Beside its SOA and NS records there can
	 * be no alias (RFC 1034, section 3.6.2), so that ANY leaves it out.
	 * @param ofService the answer of the service that has this name
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
