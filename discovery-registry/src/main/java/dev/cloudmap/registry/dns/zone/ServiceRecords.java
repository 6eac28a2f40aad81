package dev.cloudmap.registry.dns.zone;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Type;

import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.HealthStatus;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RoutingPolicy;
import dev.cloudmap.registry.state.snapshot.ServiceState;

/**
 * The DNS records of one service and its instances at one moment. They are made when
 * someone first asks, for of a service that changes often most versions are never asked
 * for.
 */
public final class ServiceRecords {

	/** The most records of one answer. */
	static final int MAX_ANSWERS = 8;

	private static final List<RecordType> ADDRESS_TYPES = List.of(RecordType.A, RecordType.AAAA);

	private final Name owner;

	private final DnsRecordSettings dns;

	private final ServiceState state;

	private volatile @Nullable Made made;

	private volatile boolean over;

	/** What goes with these records; guarded by itself. */
	private final List<Runnable> endings = new ArrayList<>();

	private ServiceRecords(Name owner, DnsRecordSettings dns, ServiceState state) {
		this.owner = owner;
		this.dns = dns;
		this.state = state;
	}

	/**
	 * Returns the records of a service.
	 * @param owner the service's name
	 * @param dns its settings
	 * @param state the service and its instances
	 */
	static ServiceRecords of(Name owner, DnsRecordSettings dns, ServiceState state) {
		return new ServiceRecords(owner, dns, state);
	}

	/**
	 * Returns the records that take the place of these.
	 * @param newDns the service's settings
	 * @param newState the service and its instances
	 */
	ServiceRecords successor(DnsRecordSettings newDns, ServiceState newState) {
		return new ServiceRecords(this.owner, newDns, newState);
	}

	/**
	 * Ends these records: others have taken their place, or none.
	 */
	void end() {
		List<Runnable> due;
		synchronized (this.endings) {
			this.over = true;
			due = List.copyOf(this.endings);
			this.endings.clear();
		}
		due.forEach(Runnable::run);
	}

	public boolean isOver() {
		return this.over;
	}

	/**
	 * Has something done when these records end, at once if they have.
	 */
	public void whenOver(Runnable ending) {
		synchronized (this.endings) {
			if (!this.over) {
				this.endings.add(ending);
				return;
			}
		}
		ending.run();
	}

	/**
	 * Two threads may make the records at once: the same ones.
	 */
	private Made made() {
		Made present = this.made;
		if (present == null) {
			present = new Made(new ArrayList<>(), new HashMap<>(), new HashSet<>());
			for (Instance instance : this.state.instances().values()) {
				add(present, instance);
			}
			this.made = present;
		}
		return present;
	}

	private void add(Made records, Instance instance) {
		Map<Integer, Record> own = new HashMap<>();
		Name target = target(instance.id());
		for (DnsRecordSettings.TypedRecord entry : this.dns.records()) {
			Record answer = RecordFactory.record(this.owner, entry, instance, target);
			if (answer != null) {
				own.put(Type.value(entry.type().name()), answer);
			}
		}
		if (target != null) {
			addTarget(records, target, instance);
		}
		records.endpoints().add(new Endpoint(own, instance.health() != HealthStatus.UNHEALTHY));
	}

	/**
	 * Returns the name to which an instance's SRV record points, or null when it has
	 * none.
	 */
	private @Nullable Name target(String instanceId) {
		boolean named = this.dns.has(RecordType.SRV) && !this.state.nameless().contains(instanceId);
		return named ? DnsNames.ofInstance(instanceId, this.owner) : null;
	}

	/**
	 * Adds the addresses of an instance's name. An id with dots is also found as one
	 * label, because SRV records of earlier versions point to that name.
	 */
	private void addTarget(Made records, Name target, Instance instance) {
		records.targets().put(target, addresses(target, instance));
		if (target.labels() > this.owner.labels() + 1) {
			records.nonTerminals().addAll(DnsNames.between(this.owner, target));
			Name escaped = DnsNames.ofInstanceEscaped(instance.id(), this.owner);
			if (escaped != null) {
				records.targets().put(escaped, addresses(escaped, instance));
			}
		}
	}

	private List<Record> addresses(Name target, Instance instance) {
		List<Record> addresses = new ArrayList<>(ADDRESS_TYPES.size());
		for (RecordType type : ADDRESS_TYPES) {
			Record address = RecordFactory.record(target,
					new DnsRecordSettings.TypedRecord(type, ttl(this.dns, RecordType.SRV)), instance, null);
			if (address != null) {
				addresses.add(address);
			}
		}
		return addresses;
	}

	private static long ttl(DnsRecordSettings dns, RecordType type) {
		return dns.records()
			.stream()
			.filter((entry) -> entry.type() == type)
			.findFirst()
			.map(DnsRecordSettings.TypedRecord::ttl)
			.orElse(0L);
	}

	/**
	 * Returns the records that answer for the service's own name, in another order each
	 * time. When no instance is healthy it answers as if all were.
	 * @param type the type that is asked for
	 * @param target whether an SRV record may point to a name
	 */
	List<Record> answer(int type, Predicate<Name> target) {
		if (type == Type.ANY) {
			return answerAny(target);
		}
		List<Endpoint> candidates = having(type);
		if (type == Type.SRV) {
			candidates = candidates.stream().filter((endpoint) -> endpoint.isServer(target)).toList();
		}
		if (candidates.isEmpty() && type != Type.CNAME) {
			// A name with an alias has nothing else: the alias answers whatever is asked.
			return having(Type.CNAME).isEmpty() ? List.of() : answer(Type.CNAME, target);
		}
		List<Endpoint> chosen = new ArrayList<>(preferred(candidates));
		Collections.shuffle(chosen, ThreadLocalRandom.current());
		int limit = (this.dns.routingPolicy() == RoutingPolicy.WEIGHTED) ? 1 : MAX_ANSWERS;
		return chosen.stream().map((endpoint) -> endpoint.get(type)).distinct().limit(limit).toList();
	}

	/**
	 * Returns what the name has of each type, or an alias alone, beside which there may
	 * be nothing (RFC 1034, section 3.6.2).
	 */
	private List<Record> answerAny(Predicate<Name> target) {
		List<Record> all = new ArrayList<>();
		for (DnsRecordSettings.TypedRecord entry : this.dns.records()) {
			List<Record> answer = answer(Type.value(entry.type().name()), target);
			if (!answer.isEmpty() && answer.get(0) instanceof CNAMERecord) {
				return answer;
			}
			all.addAll(answer);
		}
		return all;
	}

	/**
	 * Returns among how many records of a type the answer is chosen.
	 * @param name the service's name or one of an instance
	 * @param type the type that is asked for
	 * @return how many; zero when the answer, if there is one, is no record of the type
	 */
	public int choices(Name name, int type) {
		if (name.equals(this.owner)) {
			List<Endpoint> having = having(type);
			return having.stream().allMatch((endpoint) -> endpoint.get(type).getType() == type)
					? preferred(having).size() : 0;
		}
		List<Record> addresses = findTarget(name);
		return (addresses != null && addresses.stream().anyMatch((entry) -> entry.getType() == type)) ? 1 : 0;
	}

	private static List<Endpoint> preferred(List<Endpoint> candidates) {
		List<Endpoint> healthy = candidates.stream().filter(Endpoint::healthy).toList();
		return healthy.isEmpty() ? candidates : healthy;
	}

	private List<Endpoint> having(int type) {
		return made().endpoints().stream().filter((endpoint) -> endpoint.records().containsKey(type)).toList();
	}

	/**
	 * Returns the addresses of an instance's name.
	 * @param target a name
	 * @return its records, or null when no instance has the name
	 */
	@Nullable List<Record> findTarget(Name target) {
		return made().targets().get(target);
	}

	/**
	 * Returns whether a name exists only because there is an instance's name below it.
	 */
	boolean isNonTerminal(Name name) {
		return made().nonTerminals().contains(name);
	}

	/**
	 * Returns whether there are instances. A service without any has no records, and its
	 * name may be an instance's of another service.
	 */
	boolean hasInstances() {
		return !this.state.instances().isEmpty();
	}

	/**
	 * The records as they were made.
	 *
	 * @param endpoints those of the service's name
	 * @param targets those of the names of instances, to which SRV records point
	 * @param nonTerminals names between those and the service's
	 */
	private record Made(List<Endpoint> endpoints, Map<Name, List<Record>> targets, Set<Name> nonTerminals) {

	}

	/**
	 * One instance's records.
	 *
	 * @param records those of the service's name, by their types
	 * @param healthy whether look-ups prefer it
	 */
	private record Endpoint(Map<Integer, Record> records, boolean healthy) {

		Record get(int type) {
			Record found = this.records.get(type);
			if (found == null) {
				throw new IllegalStateException("Asked of an endpoint without a record of type " + type);
			}
			return found;
		}

		/**
		 * Returns whether the record of type SRV may be given: an alias in its place
		 * always.
		 */
		boolean isServer(Predicate<Name> target) {
			return !(get(Type.SRV) instanceof SRVRecord srv) || target.test(srv.getTarget());
		}

	}

}
