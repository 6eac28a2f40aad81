package dev.cloudmap.registry.dns;

import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Type;

import dev.cloudmap.registry.HandTurnedTimeline;
import dev.cloudmap.registry.state.AttributeNames;
import dev.cloudmap.registry.state.CreateNamespace;
import dev.cloudmap.registry.state.CreateService;
import dev.cloudmap.registry.state.CustomHealthCheck;
import dev.cloudmap.registry.state.DeleteNamespace;
import dev.cloudmap.registry.state.DeleteService;
import dev.cloudmap.registry.state.DeregisterInstance;
import dev.cloudmap.registry.state.DnsSettings;
import dev.cloudmap.registry.state.Instance;
import dev.cloudmap.registry.state.InstanceKey;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.Namespace;
import dev.cloudmap.registry.state.NamespaceType;
import dev.cloudmap.registry.state.OperationCommand;
import dev.cloudmap.registry.state.Propagation;
import dev.cloudmap.registry.state.Realism;
import dev.cloudmap.registry.state.RecordType;
import dev.cloudmap.registry.state.RegisterInstance;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.RoutingPolicy;
import dev.cloudmap.registry.state.Service;
import dev.cloudmap.registry.state.ServiceState;
import dev.cloudmap.registry.state.Snapshot;
import dev.cloudmap.registry.state.Tags;
import dev.cloudmap.registry.state.UpdateService;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What addresses lead back to is what it would be if it were made anew after each change,
 * whatever has changed and however many changes come at once.
 */
class DnsReversePropertyTests {

	private static final int TRIES = 200;

	/** So few that an answer has all there is. */
	private static final int INSTANCES = 3;

	private static final int ADDRESSES = 4;

	private static final Duration LAG = Duration.ofSeconds(1);

	/** Two of one name, of which one has the zone, and one whose names are another's. */
	private static final List<String> NAMESPACES = List.of("corp.local/1", "corp.local/1", "corp.local/2",
			"blue.corp.local/1");

	private static final List<String> SERVICES = List.of("worker", "worker.blue", "backend");

	@Provide
	Arbitrary<List<Action>> actions() {
		Arbitrary<String> namespace = Arbitraries.of(NAMESPACES);
		Arbitrary<String> service = Combinators.combine(namespace, Arbitraries.of(SERVICES))
			.as((parent, name) -> name + "@" + parent);
		Arbitrary<InstanceKey> instance = Combinators.combine(service, Arbitraries.integers().between(0, INSTANCES - 1))
			.as((id, number) -> new InstanceKey(id, (number == 0) ? "i.0" : "i" + number));
		Arbitrary<List<RecordType>> types = Arbitraries.of(List.of(RecordType.SRV), List.of(RecordType.A),
				List.of(RecordType.AAAA), List.of(RecordType.A, RecordType.AAAA),
				List.of(RecordType.SRV, RecordType.A, RecordType.AAAA), List.of(RecordType.CNAME), List.of());
		Arbitrary<Action> createNamespace = namespace
			.map((id) -> (state, time) -> state.submit(createNamespace(id, time)));
		Arbitrary<Action> createService = Combinators.combine(service, types)
			.as((id, records) -> (state, time) -> state.submit(createService(id, records)));
		Arbitrary<Action> updateService = Combinators.combine(service, types)
			.as((id, records) -> (state, time) -> state
				.submit(new UpdateService(id, null, records(records, 20), null)));
		Arbitrary<Action> register = Combinators
			.combine(instance, Arbitraries.integers().between(0, ADDRESSES - 1),
					Arbitraries.of("4", "46", "46", "six", "SIX", "lb"))
			.as((key, number,
					form) -> (state, time) -> state.submit(new RegisterInstance(key, attributes(number, form), null)));
		Arbitrary<Action> deregister = instance
			.map((key) -> (state, time) -> state.submit(new DeregisterInstance(key)));
		Arbitrary<Action> deleteService = service.map((id) -> (state, time) -> state.submit(new DeleteService(id)));
		Arbitrary<Action> deleteNamespace = namespace
			.map((id) -> (state, time) -> state.submit(new DeleteNamespace(id)));
		return Arbitraries
			.frequencyOf(Tuple.of(6, createNamespace), Tuple.of(12, createService), Tuple.of(2, updateService),
					Tuple.of(50, register), Tuple.of(25, deregister), Tuple.of(8, deleteService),
					Tuple.of(3, deleteNamespace))
			.list()
			.ofMinSize(50)
			.ofMaxSize(150);
	}

	private static OperationCommand createNamespace(String id, int time) {
		String[] nameAndVpc = id.split("/", -1);
		return new CreateNamespace(id, "arn:aws:servicediscovery:local:0:namespace/" + id, nameAndVpc[0],
				NamespaceType.DNS_PRIVATE, null, nameAndVpc[1], 5, Instant.ofEpochSecond(time), null, Tags.NONE);
	}

	private static CreateService createService(String id, List<RecordType> types) {
		String[] nameAndNamespace = id.split("@", -1);
		RoutingPolicy policy = types.contains(RecordType.SRV) ? RoutingPolicy.MULTIVALUE : RoutingPolicy.WEIGHTED;
		DnsSettings dns = types.isEmpty() ? null : new DnsSettings(policy, records(types, 10));
		return new CreateService(new Service(id, "arn:aws:servicediscovery:local:0:service/" + id, nameAndNamespace[1],
				nameAndNamespace[0], null, dns, null, new CustomHealthCheck(1), Instant.EPOCH, null, Map.of(),
				Tags.NONE), types.isEmpty() ? CreateService.Kind.API_ONLY : CreateService.Kind.BY_NAMESPACE);
	}

	private static List<DnsSettings.TypedRecord> records(List<RecordType> types, long ttl) {
		return types.stream().map((type) -> new DnsSettings.TypedRecord(type, ttl)).toList();
	}

	private static Map<String, String> attributes(int number, String form) {
		Map<String, String> attributes = new HashMap<>();
		if (form.equals("lb")) {
			attributes.put(AttributeNames.ALIAS, "lb.example.org");
			return attributes;
		}
		attributes.put(AttributeNames.PORT, "80");
		attributes.put(AttributeNames.CNAME, "elsewhere.example.org");
		if (form.contains("4")) {
			attributes.put(AttributeNames.IPV4, ipv4(number));
		}
		switch (form) {
			case "46" -> attributes.put(AttributeNames.IPV6, ipv6(number));
			case "six" -> attributes.put(AttributeNames.IPV6, "2001:0db8:0000:0:0::000a:" + number);
			case "SIX" -> attributes.put(AttributeNames.IPV6, "2001:DB8::0.10.0." + number);
			default -> {
			}
		}
		return attributes;
	}

	private static String ipv4(int number) {
		return "10.0.0." + number;
	}

	private static String ipv6(int number) {
		return "2001:db8:0:0:0:0:a:" + number;
	}

	@Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
	void equalWhatWouldBeMadeAnew(@ForAll("actions") List<Action> actions, @ForAll boolean atOnce) throws Exception {
		HandTurnedTimeline timeline = new HandTurnedTimeline();
		Realism realism = atOnce ? Realism.NONE : Realism.NONE.withConsistencyDelay(LAG);
		try (RegistryState state = new RegistryState(Journal.NONE, timeline, () -> realism)) {
			Propagation propagation = Propagation.of(state, () -> realism, timeline);
			Zones zones = Zones.of(propagation);
			for (int time = 0; time < actions.size(); time++) {
				try {
					actions.get(time).on(state, time).join();
				}
				catch (CompletionException ex) {
					// What the state refuses changes nothing.
				}
				if (atOnce || time % 10 == 0) {
					timeline.advance(LAG);
					compare(propagation, zones);
				}
			}
			timeline.advance(LAG.multipliedBy(2));
			compare(propagation, zones);
		}
	}

	private static void compare(Propagation propagation, Zones zones) throws Exception {
		assertThat(zones.reverse().pointers()).isEqualTo(Zones.of(propagation).reverse().pointers());
		Map<Name, Set<String>> expected = expected(propagation.snapshot());
		Map<Name, Set<String>> found = new TreeMap<>();
		for (Name address : addresses()) {
			Zone zone = zones.find(address);
			if (zone != null) {
				List<Record> records = zone.find(address, Type.PTR);
				assertThat(records).isNotNull().hasSizeLessThanOrEqualTo(ServiceRecords.MAX_ANSWERS);
				found.put(address,
						records.stream()
							.map((entry) -> ((PTRRecord) entry).getTarget() + " " + entry.getTTL())
							.collect(Collectors.toSet()));
			}
		}
		expected.forEach((address, all) -> {
			if (all.size() > ServiceRecords.MAX_ANSWERS) {
				assertThat(all).containsAll(found.getOrDefault(address, Set.of()));
				found.put(address, all);
			}
		});
		found.values().removeIf(Set::isEmpty);
		assertThat(found).isEqualTo(expected);
	}

	private static List<Name> addresses() {
		return IntStream.range(0, ADDRESSES)
			.mapToObj(Integer::valueOf)
			.flatMap((number) -> Stream.of(ipv4(number), ipv6(number)))
			.map(DnsReversePropertyTests::reverse)
			.toList();
	}

	private static Name reverse(String address) {
		try {
			return ReverseMap.fromAddress(address);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * What each address leads back to and for how long, by walking through all there is.
	 */
	private static Map<Name, Set<String>> expected(Snapshot snapshot) {
		Map<Name, Set<String>> expected = new TreeMap<>();
		for (Namespace namespace : snapshot.namespaces()) {
			boolean answers = snapshot.namespaces()
				.stream()
				.filter((other) -> other.name().equals(namespace.name()))
				.min(Comparator.comparing(Namespace::created))
				.orElseThrow()
				.equals(namespace);
			for (ServiceState service : answers ? snapshot.servicesOf(namespace.id()) : List.<ServiceState>of()) {
				for (Instance instance : service.instances().values()) {
					if (!isHidden(snapshot, namespace, service.service())) {
						expect(namespace, service.service(), instance, expected);
					}
				}
			}
		}
		return expected;
	}

	/**
	 * Whether the service's name is in a zone below the one of its namespace.
	 */
	private static boolean isHidden(Snapshot snapshot, Namespace namespace, Service service) {
		String name = service.name() + "." + namespace.name();
		return snapshot.namespaces()
			.stream()
			.anyMatch(
					(other) -> name.endsWith("." + other.name()) && other.name().length() > namespace.name().length());
	}

	private static void expect(Namespace namespace, Service service, Instance instance,
			Map<Name, Set<String>> expected) {
		String name = service.name() + "." + namespace.name() + ".";
		for (RecordType type : List.of(RecordType.A, RecordType.AAAA)) {
			String address = instance.attributes()
				.get((type == RecordType.A) ? AttributeNames.IPV4 : AttributeNames.IPV6);
			if (address != null && (service.hasRecords(type) || service.hasRecords(RecordType.SRV))) {
				RecordType source = service.hasRecords(RecordType.SRV) ? RecordType.SRV : type;
				String target = (source == RecordType.SRV) ? instance.id() + "." + name : name;
				long ttl = service.dns()
					.records()
					.stream()
					.filter((entry) -> entry.type() == source)
					.findAny()
					.orElseThrow()
					.ttl();
				expected.computeIfAbsent(reverse(address), (key) -> new HashSet<>()).add(target + " " + ttl);
			}
		}
	}

	/**
	 * Something that happens. Namespaces and services have their names in their ids.
	 */
	private interface Action {

		CompletableFuture<?> on(RegistryState state, int time);

	}

}
