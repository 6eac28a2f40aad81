package dev.cloudmap.discovery.lookup.dns;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.CallableInstances.Scope;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;
import dev.cloudmap.discovery.registry.JsonObjects;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.testsupport.ConsulAgent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Lookups through the DNS of a real Consul agent.
 */
@Tag("slow")
class ConsulDnsIT {

	private static final int INSTANCES = 30;

	private static final int TAGGED = 10;

	private static @Nullable ConsulAgent agent;

	private final DiscoveryThreads threads = new DiscoveryThreads();

	@BeforeAll
	static void startConsul(@TempDir Path directory) throws Exception {
		assumeTrue(ConsulAgent.executable().isPresent(), ConsulAgent.MISSING);
		agent = ConsulAgent.start(directory, "");
		for (int i = 1; i <= INSTANCES; i++) {
			register(Map.of("ID", "worker-" + i, "Name", "worker", "Address", "10.0.0." + i, "Port", 8000 + i, "Tags",
					(i <= TAGGED) ? List.of("blue") : List.of()));
		}
		register(Map.of("ID", "ipv6", "Name", "ipv6", "Address", "fd00::17", "Port", 8080));
		register(Map.of("ID", "of-node", "Name", "of-node", "Port", 8080));
		register(Map.of("ID", "broken", "Name", "broken", "Address", "10.0.0.1", "Port", 8080, "Check",
				Map.of("TTL", "60s", "Status", "critical")));
	}

	private static void register(Map<String, ?> service) throws Exception {
		agent.request("PUT", "/v1/agent/service/register", JsonObjects.write(service));
	}

	@AfterAll
	static void stopConsul() throws Exception {
		if (agent != null) {
			agent.close();
		}
	}

	@AfterEach
	void close() {
		this.threads.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "service.consul", "service.dc1.consul" })
	void findsAllInstances(String namespace) throws Exception {
		InstanceSet found = lookup(name("worker", namespace), new ConsulConvention((service) -> null));
		assertThat(found.instances()).extracting(Instance::id)
			.containsExactlyInAnyOrderElementsOf(
					IntStream.rangeClosed(1, INSTANCES).mapToObj((i) -> "10.0.0." + i + ":" + (8000 + i)).toList());
		assertThat(found.unlocated()).isEmpty();
	}

	@Test
	void findsOnlySomeInstancesByUdp() throws Exception {
		InstanceSet found = lookup(name("worker", "service.consul"), new ConsulConvention((service) -> null),
				DnsTransport.UDP);
		assertThat(found.instances()).isNotEmpty().hasSizeLessThan(INSTANCES);
	}

	@Test
	void findsInstancesWithTag() throws Exception {
		ServiceName worker = name("worker", "service.consul");
		assertThat(lookup(worker, new ConsulConvention((service) -> "blue")).instances()).hasSize(TAGGED);
		assertThat(lookup(worker, new ConsulConvention((service) -> "green")).instances()).isEmpty();
	}

	@Test
	void findsAddressesOfOtherKinds() throws Exception {
		DnsConvention convention = new ConsulConvention((service) -> null);
		assertThat(lookup(name("ipv6", "service.consul"), convention).instances()).extracting(Instance::host)
			.containsExactly("fd00:0:0:0:0:0:0:17");
		assertThat(lookup(name("of-node", "service.consul"), convention).instances()).extracting(Instance::id)
			.containsExactly("127.0.0.1:8080");
	}

	@Test
	void findsNoUnhealthyAndNoUnknownInstance() throws Exception {
		DnsConvention convention = new ConsulConvention((service) -> null);
		assertThat(lookup(name("broken", "service.consul"), convention).instances()).isEmpty();
		assertThat(lookup(name("missing", "service.consul"), convention).instances()).isEmpty();
	}

	private InstanceSet lookup(ServiceName service, DnsConvention convention) throws Exception {
		return lookup(service, convention, convention.transport());
	}

	private InstanceSet lookup(ServiceName service, DnsConvention convention, DnsTransport transport) throws Exception {
		DnsInstanceSource source = new DnsInstanceSource(
				() -> List.of(new InetSocketAddress("127.0.0.1", agent.dnsPort())),
				SampleSettings.of(transport, DnsSourceFixture.PATIENT), this.threads.lookups(), this.threads.timer(),
				(name) -> null, new CallableInstances(Scope.ANYWHERE), convention);
		return source.lookup(service).toCompletableFuture().get(20, TimeUnit.SECONDS);
	}

	private static ServiceName name(String service, String namespace) {
		return new ServiceName(new Namespace(namespace), service);
	}

}
