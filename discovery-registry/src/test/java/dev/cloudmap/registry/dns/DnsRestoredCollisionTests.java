package dev.cloudmap.registry.dns;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Type;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.dns.zone.NamespaceZone;
import dev.cloudmap.registry.dns.zone.Zones;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.Samples;
import dev.cloudmap.registry.state.command.DeregisterInstance;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RoutingPolicy;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.model.Tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Stored data of a version that accepted instances with the same DNS name.
 */
class DnsRestoredCollisionTests {

	private static final Namespace NAMESPACE = new Namespace("ns-1", "arn", "corp", NamespaceType.DNS_PRIVATE, "corp",
			null, "vpc", 5, Instant.EPOCH, null, "operation", Tags.NONE);

	private final ManualScheduler scheduler = new ManualScheduler();

	private static Service service(String name) {
		return Samples.service(name, "ns-1", name, new DnsRecordSettings(RoutingPolicy.MULTIVALUE,
				List.of(new DnsRecordSettings.TypedRecord(RecordType.SRV, 10))), null, null);
	}

	private static Map<String, String> attributes(int number) {
		return Map.of("AWS_INSTANCE_IPV4", "10.0.0." + number, "AWS_INSTANCE_PORT", String.valueOf(number));
	}

	private static Instance instance(String service, String id, int registration) {
		return Samples.instance(new InstanceReference(service, id), attributes(registration), registration);
	}

	private RegistryState restore(List<Instance> instances) {
		List<Service> services = instances.stream()
			.map((instance) -> instance.key().serviceId())
			.distinct()
			.map(DnsRestoredCollisionTests::service)
			.toList();
		return new RegistryState(new Journal() {

			@Override
			public Contents load() {
				return new Contents(10, List.of(NAMESPACE), services, instances, List.of());
			}

			@Override
			public void commit(Commit commit) {
			}

			@Override
			public void restore(Contents contents) {
			}

			@Override
			public void close() {
			}

		}, this.scheduler, () -> Emulation.NONE);
	}

	static Stream<List<Instance>> collisions() {
		return Stream.of(List.of(instance("s", "node", 1), instance("s", "NODE", 2)),
				List.of(instance("s", "NODE", 2), instance("s", "node", 1)),
				List.of(instance("a.s", "b", 2), instance("s", "b.a", 1)),
				List.of(instance("s", "b.a", 2), instance("a.s", "b", 1)),
				List.of(instance("s", "a", 1), instance("a.s", "other", 2)));
	}

	/**
	 * Each SRV target has one address, which belongs to the same instance.
	 */
	@ParameterizedTest
	@MethodSource("collisions")
	void answersDoNotContradictOneAnother(List<Instance> instances) throws Exception {
		try (RegistryState state = restore(instances)) {
			Zones zones = Zones.of(LookupView.of(state, () -> Emulation.NONE, this.scheduler));
			answersDoNotContradictOneAnother(zones, instances);
		}
	}

	private static void answersDoNotContradictOneAnother(Zones zones, List<Instance> instances) throws Exception {
		int named = 0;
		for (String service : instances.stream().map((instance) -> instance.key().serviceId()).distinct().toList()) {
			for (Record entry : find(zones, service + ".corp.", Type.SRV)) {
				SRVRecord server = (SRVRecord) entry;
				assertThat(find(zones, server.getTarget().toString(), Type.A)).extracting(Record::rdataToString)
					.containsExactly("10.0.0." + server.getPort());
				named++;
			}
		}
		assertThat(named).isOne();
	}

	@Test
	void registrationAssignsReleasedName() throws Exception {
		try (RegistryState state = restore(List.of(instance("s", "node", 1), instance("s", "NODE", 2)))) {
			Zones zones = Zones.of(LookupView.of(state, () -> Emulation.NONE, this.scheduler));
			RegisterInstance again = new RegisterInstance(new InstanceReference("s", "NODE"), attributes(3), null);
			state.submit(new DeregisterInstance(new InstanceReference("s", "node"))).join();
			assertThat(find(zones, "s.corp.", Type.SRV)).isEmpty();
			state.submit(again).join();
			assertThat(find(zones, "s.corp.", Type.SRV)).extracting(Record::rdataToString)
				.containsExactly("1 1 3 NODE.s.corp.");
		}
	}

	@ParameterizedTest
	@MethodSource("collisions")
	void repeatedRegistrationKeepsName(List<Instance> instances) throws Exception {
		try (RegistryState state = restore(instances)) {
			Zones zones = Zones.of(LookupView.of(state, () -> Emulation.NONE, this.scheduler));
			List<String> before = servers(instances, zones);
			for (Instance instance : instances) {
				state.submit(new RegisterInstance(instance.key(), instance.attributes(), null)).join();
				assertThat(servers(instances, zones)).isEqualTo(before);
			}
			answersDoNotContradictOneAnother(zones, instances);
		}
	}

	@Test
	void usedNameIsRejectedAfterDeregistration() {
		try (RegistryState state = restore(List.of(instance("s", "node", 1), instance("s", "NODE", 2)))) {
			InstanceReference nameless = new InstanceReference("s", "NODE");
			state.submit(new DeregisterInstance(nameless)).join();
			assertThatExceptionOfType(CompletionException.class)
				.isThrownBy(() -> state.submit(new RegisterInstance(nameless, attributes(2), null)).join())
				.withMessageContaining("the instance 'node' of the service 's' (s)");
		}
	}

	@Test
	void warnsOncePerService() {
		PrintStream errors = System.err;
		ByteArrayOutputStream log = new ByteArrayOutputStream();
		System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
		try (RegistryState state = restore(List.of(instance("s", "a", 1), instance("s", "A", 2), instance("s", "b", 3),
				instance("s", "B", 4), instance("t", "c", 5), instance("c.t", "other", 6)))) {
			assertThat(state.snapshot().service("s").nameless()).containsExactlyInAnyOrder("A", "B");
		}
		finally {
			System.setErr(errors);
		}
		assertThat(log.toString(StandardCharsets.UTF_8).lines().filter((line) -> line.contains("SnapshotRestorer")))
			.satisfiesExactlyInAnyOrder(
					(line) -> assertThat(line).contains("'s' (s)", ": 2. ", "'A'", "'A.s.corp'", "instance 'a'"),
					(line) -> assertThat(line).contains("'t' (t)", ": 1. ", "'c'", "'c.t.corp'", "the service 'c.t'"));
	}

	private static List<String> servers(List<Instance> instances, Zones zones) throws Exception {
		List<String> servers = new ArrayList<>();
		for (Instance instance : instances) {
			find(zones, instance.key().serviceId() + ".corp.", Type.SRV)
				.forEach((entry) -> servers.add(entry.toString()));
		}
		return servers;
	}

	private static List<Record> find(Zones zones, String name, int type) throws Exception {
		NamespaceZone zone = zones.find(Name.fromString(name));
		List<Record> found = (zone != null) ? zone.find(Name.fromString(name), type) : null;
		return (found != null) ? found : List.of();
	}

}
