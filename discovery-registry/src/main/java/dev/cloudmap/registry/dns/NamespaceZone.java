package dev.cloudmap.registry.dns;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Type;

/**
 * The zone of one DNS namespace. One thread changes it while others read.
 */
final class NamespaceZone implements Zone {

	private final Name apex;

	private volatile long negativeTtl;

	private final Map<Name, ServiceRecords> services = new ConcurrentHashMap<>();

	/** Names that exist only because there is something below them. */
	private final Set<Name> nonTerminals = ConcurrentHashMap.newKeySet();

	private volatile long revision;

	NamespaceZone(Name apex, long negativeTtl, long revision) {
		this.apex = apex;
		this.negativeTtl = negativeTtl;
		this.revision = revision;
	}

	@Override
	public Name apex() {
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
		this.nonTerminals.addAll(Names.between(this.apex, owner));
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
				.flatMap((other) -> Names.between(this.apex, other).stream())
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

	@Override
	public SOARecord soa() {
		return Zone.soa(this.apex, this.negativeTtl, this.revision);
	}

	@Override
	public @Nullable List<Record> find(Name name, int type) {
		ServiceRecords service = this.services.get(name);
		if (name.equals(this.apex)) {
			return atApex(service, type);
		}
		if (service != null && service.hasInstances()) {
			return service.answer(type);
		}
		List<Record> target = findTarget(name);
		if (target != null) {
			return target.stream().filter((entry) -> type == Type.ANY || entry.getType() == type).toList();
		}
		boolean exists = service != null || this.nonTerminals.contains(name) || isAboveTarget(name);
		return exists ? List.of() : null;
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
		ServiceRecords ofInstance = findAbove(name, (above) -> above.findTarget(name) != null);
		return (ofInstance != null) ? ofInstance : service;
	}

	@Override
	public @Nullable List<Record> findTarget(Name name) {
		ServiceRecords service = findAbove(name, (above) -> above.findTarget(name) != null);
		return (service != null) ? service.findTarget(name) : null;
	}

	private boolean isAboveTarget(Name name) {
		return findAbove(name, (above) -> above.isNonTerminal(name)) != null;
	}

	/**
	 * Finds a service whose name is above another, the nearest one first.
	 */
	private @Nullable ServiceRecords findAbove(Name name, Predicate<ServiceRecords> condition) {
		int most = name.labels() - this.apex.labels();
		for (int skipped = 1; skipped <= most; skipped++) {
			ServiceRecords service = this.services.get(new Name(name, skipped));
			if (service != null && condition.test(service)) {
				return service;
			}
		}
		return null;
	}

	private List<Record> atApex(@Nullable ServiceRecords service, int type) {
		return switch (type) {
			case Type.SOA -> List.of(soa());
			case Type.NS -> List.of(Zone.ns(this.apex));
			case Type.ANY ->
				Stream
					.concat(Stream.of(soa(), Zone.ns(this.apex)),
							((service != null) ? service.answer(type) : List.<Record>of()).stream())
					.toList();
			default -> (service != null) ? service.answer(type) : List.of();
		};
	}

}
