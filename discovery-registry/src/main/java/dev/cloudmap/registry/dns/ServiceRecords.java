package dev.cloudmap.registry.dns;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

import dev.cloudmap.registry.state.AttributeNames;
import dev.cloudmap.registry.state.DnsSettings;
import dev.cloudmap.registry.state.HealthStatus;
import dev.cloudmap.registry.state.Instance;
import dev.cloudmap.registry.state.RecordType;
import dev.cloudmap.registry.state.RoutingPolicy;
import dev.cloudmap.registry.state.ServiceState;

/**
 * The DNS records of one service and its instances at one moment.
 */
final class ServiceRecords {

	private static final Logger logger = LoggerFactory.getLogger(ServiceRecords.class);

	/** The most records of one answer. */
	private static final int MAX_ANSWERS = 8;

	private static final int SRV_PRIORITY = 1;

	private static final int SRV_WEIGHT = 1;

	private final RoutingPolicy policy;

	private final List<Endpoint> endpoints = new ArrayList<>();

	/** What the names of instances, to which SRV records point, stand for. */
	private final Map<Name, List<Record>> targets = new HashMap<>();

	private ServiceRecords(RoutingPolicy policy) {
		this.policy = policy;
	}

	/**
	 * Makes the records of a service.
	 * @param owner the service's name
	 * @param dns its settings
	 * @param state the service and its instances
	 */
	static ServiceRecords of(Name owner, DnsSettings dns, ServiceState state) {
		ServiceRecords records = new ServiceRecords(dns.routingPolicy());
		for (Instance instance : state.instances().values()) {
			records.add(owner, dns, instance);
		}
		return records;
	}

	private void add(Name owner, DnsSettings dns, Instance instance) {
		Map<Integer, Record> own = new HashMap<>();
		Name target = dns.has(RecordType.SRV) ? Names.withLabel(instance.id(), owner) : null;
		for (DnsSettings.TypedRecord entry : dns.records()) {
			Record made = record(owner, entry, instance, target);
			if (made != null) {
				own.put(made.getType(), made);
			}
		}
		if (target != null) {
			List<Record> addresses = this.targets.computeIfAbsent(target, (name) -> new ArrayList<>());
			addAddress(addresses, target, dns, RecordType.A, instance);
			addAddress(addresses, target, dns, RecordType.AAAA, instance);
		}
		this.endpoints.add(new Endpoint(own, instance.health() != HealthStatus.UNHEALTHY));
	}

	private static void addAddress(List<Record> addresses, Name target, DnsSettings dns, RecordType type,
			Instance instance) {
		long ttl = dns.records()
			.stream()
			.filter((entry) -> entry.type() == RecordType.SRV)
			.findFirst()
			.map(DnsSettings.TypedRecord::ttl)
			.orElse(0L);
		Record address = record(target, new DnsSettings.TypedRecord(type, ttl), instance, null);
		if (address != null) {
			addresses.add(address);
		}
	}

	private static @Nullable Record record(Name owner, DnsSettings.TypedRecord entry, Instance instance,
			@Nullable Name target) {
		Map<String, String> attributes = instance.attributes();
		return switch (entry.type()) {
			case A -> (address(attributes.get(AttributeNames.IPV4)) instanceof Inet4Address address)
					? new ARecord(owner, DClass.IN, entry.ttl(), address) : null;
			case AAAA -> (address(attributes.get(AttributeNames.IPV6)) instanceof Inet6Address address)
					? new AAAARecord(owner, DClass.IN, entry.ttl(), address) : null;
			case SRV -> srv(owner, entry.ttl(), attributes.get(AttributeNames.PORT), target);
			case CNAME -> cname(owner, entry.ttl(), attributes.get(AttributeNames.CNAME));
		};
	}

	private static @Nullable Record srv(Name owner, long ttl, @Nullable String port, @Nullable Name target) {
		if (port == null || target == null) {
			return null;
		}
		return new SRVRecord(owner, DClass.IN, ttl, SRV_PRIORITY, SRV_WEIGHT, Integer.parseInt(port), target);
	}

	private static @Nullable Record cname(Name owner, long ttl, @Nullable String alias) {
		if (alias == null) {
			return null;
		}
		try {
			return new CNAMERecord(owner, DClass.IN, ttl, Name.fromString(alias, Name.root));
		}
		catch (TextParseException ex) {
			logger.warn("{} has no CNAME record: '{}' is no domain name", owner, alias);
			return null;
		}
	}

	/**
	 * Parses an address, which the state has checked already: it is never looked up.
	 */
	private static @Nullable InetAddress address(@Nullable String literal) {
		if (literal == null) {
			return null;
		}
		try {
			return InetAddress.getByName(literal);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException("Not an address: " + literal, ex);
		}
	}

	/**
	 * Returns the records that answer for the service's own name, in another order each
	 * time. When no instance is healthy it answers as if all were.
	 * @param type the type that is asked for
	 */
	List<Record> answer(int type) {
		List<Endpoint> candidates = having(type);
		if (candidates.isEmpty() && type != Type.CNAME) {
			// A name with an alias has nothing else: the alias answers whatever is asked.
			return having(Type.CNAME).isEmpty() ? List.of() : answer(Type.CNAME);
		}
		List<Endpoint> healthy = candidates.stream().filter(Endpoint::healthy).toList();
		List<Endpoint> chosen = new ArrayList<>(healthy.isEmpty() ? candidates : healthy);
		Collections.shuffle(chosen, ThreadLocalRandom.current());
		int limit = (this.policy == RoutingPolicy.WEIGHTED) ? 1 : MAX_ANSWERS;
		return chosen.stream().map((endpoint) -> endpoint.get(type)).distinct().limit(limit).toList();
	}

	private List<Endpoint> having(int type) {
		return this.endpoints.stream().filter((endpoint) -> endpoint.records().containsKey(type)).toList();
	}

	/**
	 * Returns the addresses of an instance's name.
	 * @param target a name
	 * @return its records, or null when no instance has the name
	 */
	@Nullable List<Record> findTarget(Name target) {
		return this.targets.get(target);
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

	}

}
