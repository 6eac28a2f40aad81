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
 * The DNS records of one version of a service and its instances. They are created with
 * the first query, because most versions of a service that changes often are never
 * queried.
 */
public final class ServiceRecords {

	/** The maximum number of records of an answer. */
	static final int MAX_ANSWERS = 8;

	private static final List<RecordType> ADDRESS_TYPES = List.of(RecordType.A, RecordType.AAAA);

	private final Name owner;

	private final DnsRecordSettings dns;

	private final ServiceState state;

	private volatile @Nullable Records created;

	private volatile boolean replaced;

	/** Called when these records are replaced; guarded by itself. */
	private final List<Runnable> listeners = new ArrayList<>();

	/**
	 * Creates the records of a service.
	 * @param owner the DNS name of the service
	 * @param dns its settings
	 * @param state the service and its instances
	 */
	ServiceRecords(Name owner, DnsRecordSettings dns, ServiceState state) {
		this.owner = owner;
		this.dns = dns;
		this.state = state;
	}

	/**
	 * Marks these records as replaced or removed.
	 */
	void end() {
		List<Runnable> due;
		synchronized (this.listeners) {
			this.replaced = true;
			due = List.copyOf(this.listeners);
			this.listeners.clear();
		}
		due.forEach(Runnable::run);
	}

	public boolean isReplaced() {
		return this.replaced;
	}

	/**
	 * Adds a listener, which is called when these records are replaced or removed, or at
	 * once if they were.
	 * @param listener the listener
	 */
	public void onReplaced(Runnable listener) {
		synchronized (this.listeners) {
			if (!this.replaced) {
				this.listeners.add(listener);
				return;
			}
		}
		listener.run();
	}

	/**
	 * Two threads can create the same records concurrently.
	 */
	private Records records() {
		Records present = this.created;
		if (present == null) {
			present = new Records(new HashMap<>(), new HashMap<>(), new HashSet<>());
			for (Instance instance : this.state.instances().values()) {
				add(present, instance);
			}
			this.created = present;
		}
		return present;
	}

	private void add(Records records, Instance instance) {
		boolean healthy = instance.health() != HealthStatus.UNHEALTHY;
		Name target = target(instance.id());
		for (DnsRecordSettings.TypedRecord entry : this.dns.records()) {
			Record answer = RecordFactory.record(this.owner, entry, instance, target);
			if (answer != null) {
				records.byType()
					.computeIfAbsent(Type.value(entry.type().name()), (type) -> new ArrayList<>())
					.add(new Candidate(answer, healthy));
			}
		}
		if (target != null) {
			addTarget(records, target, instance);
		}
	}

	/**
	 * Returns the target of the SRV record of an instance, or null.
	 */
	private @Nullable Name target(String instanceId) {
		boolean named = this.dns.has(RecordType.SRV) && !this.state.nameless().contains(instanceId);
		return named ? DnsNames.ofInstance(instanceId, this.owner) : null;
	}

	/**
	 * Adds the addresses of the name of an instance. An id with dots also has a name with
	 * one label, which SRV records of earlier versions point to.
	 */
	private void addTarget(Records records, Name target, Instance instance) {
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
			Record address = RecordFactory.record(target, new DnsRecordSettings.TypedRecord(type, ttlOfSrv()), instance,
					null);
			if (address != null) {
				addresses.add(address);
			}
		}
		return addresses;
	}

	private long ttlOfSrv() {
		return this.dns.records()
			.stream()
			.filter((entry) -> entry.type() == RecordType.SRV)
			.findFirst()
			.map(DnsRecordSettings.TypedRecord::ttl)
			.orElse(0L);
	}

	/**
	 * Returns the records of the name of the service in random order. If no instance is
	 * healthy, all are returned.
	 * @param type the type of the query
	 * @param target returns whether an SRV record can point to a name
	 */
	List<Record> answer(int type, Predicate<Name> target) {
		if (type == Type.ANY) {
			return answerAny(target);
		}
		List<Candidate> candidates = having(type);
		if (type == Type.SRV) {
			candidates = candidates.stream()
				.filter((candidate) -> !(candidate.answer() instanceof SRVRecord srv) || target.test(srv.getTarget()))
				.toList();
		}
		if (candidates.isEmpty() && type != Type.CNAME) {
			// A name with an alias has no other records: the alias answers every query.
			return having(Type.CNAME).isEmpty() ? List.of() : answer(Type.CNAME, target);
		}
		List<Candidate> chosen = new ArrayList<>(preferred(candidates));
		Collections.shuffle(chosen, ThreadLocalRandom.current());
		int limit = (this.dns.routingPolicy() == RoutingPolicy.WEIGHTED) ? 1 : MAX_ANSWERS;
		return chosen.stream().map(Candidate::answer).distinct().limit(limit).toList();
	}

	/**
	 * Returns the records of all types, or an alias alone (RFC 1034, section 3.6.2).
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
	 * Returns the number of records among which an answer is chosen.
	 * @param name the name of the service or of an instance
	 * @param type the type of the query
	 * @return the number of records; zero if the answer has no record of the type
	 */
	public int choices(Name name, int type) {
		if (name.equals(this.owner)) {
			List<Candidate> having = having(type);
			return having.stream().allMatch((candidate) -> candidate.answer().getType() == type)
					? preferred(having).size() : 0;
		}
		List<Record> addresses = findTarget(name);
		return (addresses != null && addresses.stream().anyMatch((entry) -> entry.getType() == type)) ? 1 : 0;
	}

	private static List<Candidate> preferred(List<Candidate> candidates) {
		List<Candidate> healthy = candidates.stream().filter(Candidate::healthy).toList();
		return healthy.isEmpty() ? candidates : healthy;
	}

	private List<Candidate> having(int type) {
		return records().byType().getOrDefault(type, List.of());
	}

	/**
	 * Finds the addresses of an instance.
	 * @param target the name of the instance
	 * @return the addresses, or null if no instance has the name
	 */
	@Nullable List<Record> findTarget(Name target) {
		return records().targets().get(target);
	}

	/**
	 * Returns whether a name is an empty non-terminal above the name of an instance.
	 */
	boolean isNonTerminal(Name name) {
		return records().nonTerminals().contains(name);
	}

	/**
	 * Returns whether the service has instances. Otherwise an instance of another service
	 * can have its name.
	 */
	boolean hasInstances() {
		return !this.state.instances().isEmpty();
	}

	/**
	 * The records.
	 *
	 * @param byType the records of the name of the service by type
	 * @param targets the addresses of instances by name
	 * @param nonTerminals the names between instances and the service
	 */
	private record Records(Map<Integer, List<Candidate>> byType, Map<Name, List<Record>> targets,
			Set<Name> nonTerminals) {

	}

	/**
	 * The record of an instance.
	 *
	 * @param answer the record, which can be an alias instead of a record of the type
	 * @param healthy whether the instance is preferred
	 */
	private record Candidate(Record answer, boolean healthy) {

	}

}
