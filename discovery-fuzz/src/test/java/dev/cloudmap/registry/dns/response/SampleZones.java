package dev.cloudmap.registry.dns.response;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import dev.cloudmap.registry.dns.zone.Zones;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.command.CreateNamespace;
import dev.cloudmap.registry.state.command.CreateService;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.AttributeNames;
import dev.cloudmap.registry.state.model.CustomHealthCheck;
import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RoutingPolicy;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.model.Tags;
import dev.cloudmap.registry.time.Scheduler;

/**
 * Zones with services of all kinds. The ids of namespaces and services are their names.
 */
final class SampleZones {

	/** The addresses of all instances. */
	static final Set<InetAddress> ADDRESSES = new HashSet<>();

	/** The ports of all instances. */
	static final Set<Integer> PORTS = new HashSet<>();

	private static final String LOCAL = "corp.local";

	/** A number of instances above the maximum of an answer. */
	private static final int MANY = 11;

	private final RegistryState state;

	private SampleZones(RegistryState state) {
		this.state = state;
	}

	static Zones create(Scheduler scheduler) {
		// The state is never closed, because it is used until the end of the process.
		RegistryState state = new RegistryState(Journal.NONE, scheduler, () -> Emulation.NONE);
		new SampleZones(state).fill();
		return Zones.of(LookupView.of(state, () -> Emulation.NONE, scheduler));
	}

	private void fill() {
		namespace(LOCAL);
		namespace("example");
		service(LOCAL, "worker", RoutingPolicy.MULTIVALUE, RecordType.A, RecordType.AAAA, RecordType.SRV);
		for (int i = 0; i < 3; i++) {
			addresses(LOCAL, "worker", "i-" + i, "10.0.0." + i, "2001:db8::" + i, 5000 + i);
		}
		service(LOCAL, "_http._tcp", RoutingPolicy.MULTIVALUE, RecordType.SRV);
		addresses(LOCAL, "_http._tcp", "a.b", "10.0.1.1", null, 80);
		addresses(LOCAL, "_http._tcp", "c", null, "2001:db8:1::1", 81);
		service(LOCAL, "large", RoutingPolicy.MULTIVALUE, RecordType.SRV);
		for (int i = 0; i < MANY; i++) {
			addresses(LOCAL, "large", "x".repeat(61) + (char) ('a' + i), "10.0.2." + i, "2001:db8:2::" + i, 8000 + i);
		}
		service(LOCAL, "weighted", RoutingPolicy.WEIGHTED, RecordType.A);
		addresses(LOCAL, "weighted", "one", "10.0.3.1", null, 80);
		addresses(LOCAL, "weighted", "two", "10.0.3.2", null, 80);
		service(LOCAL, "empty", RoutingPolicy.MULTIVALUE, RecordType.A, RecordType.SRV);
		alias("alias", RecordType.CNAME, AttributeNames.CNAME, "worker.corp.local");
		alias("circle", RecordType.CNAME, AttributeNames.CNAME, "circle.corp.local");
		alias("away", RecordType.CNAME, AttributeNames.CNAME, "www.example.org");
		alias("balanced", RecordType.A, AttributeNames.ALIAS, "lb.example.org");
		service("example", "worker", RoutingPolicy.MULTIVALUE, RecordType.AAAA);
		addresses("example", "worker", "one", null, "2001:db8:4::1", 80);
	}

	private void namespace(String name) {
		this.state
			.submit(new CreateNamespace(name, "arn:aws:servicediscovery:local:0:namespace/" + name, name,
					NamespaceType.DNS_PRIVATE, null, "vpc", 5, Instant.EPOCH, null, Tags.NONE))
			.join();
	}

	private void service(String namespace, String name, RoutingPolicy policy, RecordType... types) {
		DnsRecordSettings dns = new DnsRecordSettings(policy,
				Arrays.stream(types).map((type) -> new DnsRecordSettings.TypedRecord(type, 10)).toList());
		String id = name + "." + namespace;
		this.state
			.submit(new CreateService(
					new Service(id, "arn:aws:servicediscovery:local:0:service/" + id, namespace, name, null, dns, null,
							new CustomHealthCheck(1), Instant.EPOCH, null, Map.of(), Tags.NONE),
					CreateService.Kind.BY_NAMESPACE))
			.join();
	}

	private void addresses(String namespace, String service, String id, String ipv4, String ipv6, int port) {
		Map<String, String> attributes = new HashMap<>(Map.of(AttributeNames.PORT, Integer.toString(port)));
		PORTS.add(port);
		if (ipv4 != null) {
			attributes.put(AttributeNames.IPV4, ipv4);
			ADDRESSES.add(address(ipv4));
		}
		if (ipv6 != null) {
			attributes.put(AttributeNames.IPV6, ipv6);
			ADDRESSES.add(address(ipv6));
		}
		register(namespace, service, id, attributes);
	}

	private static InetAddress address(String literal) {
		try {
			return InetAddress.getByName(literal);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	private void alias(String name, RecordType type, String attribute, String target) {
		service(LOCAL, name, RoutingPolicy.WEIGHTED, type);
		register(LOCAL, name, "one", Map.of(attribute, target));
	}

	private void register(String namespace, String service, String id, Map<String, String> attributes) {
		this.state.submit(new RegisterInstance(new InstanceReference(service + "." + namespace, id), attributes, null))
			.join();
	}

}
