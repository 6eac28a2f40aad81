package dev.cloudmap.discovery.lookup.dns;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.CallableInstances.Scope;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class CallableAddressesTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private final CallableInstances callable = new CallableInstances(Scope.ANYWHERE);

	@ParameterizedTest
	@CsvSource({ "10.0.0.1, 10.0.0.2", "2001:db8::1, 10.0.0.2", "127.0.0.1, 127.0.0.1", "::1, 127.0.0.1",
			"127.0.0.9, ::1", "10.0.0.1, 127.0.0.1", "::ffff:10.0.0.1, 10.0.0.2", "::ffff:127.0.0.1, ::1",
			"fd00::1, 10.0.0.2" })
	void includesCallableAddresses(String address, String server) throws Exception {
		assertThat(includes(address, server)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "127.0.0.1, 10.0.0.2", "::1, 2001:db8::53", "::ffff:127.0.0.1, 10.0.0.2", "169.254.169.254, ::1" })
	void dropsOtherAddresses(String address, String server) throws Exception {
		assertThat(includes(address, server)).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void loopbackFromARemoteServerRequiresUnrestrictedScope(Scope scope, CapturedOutput output) throws Exception {
		boolean included = new CallableInstances(scope).includes(WORKER, InetAddress.getByName("127.0.0.1"),
				InetAddress.getByName("10.0.0.2"));
		assertThat(included).isEqualTo(scope == Scope.UNRESTRICTED);
		if (!included) {
			assertThat(output).contains((scope == Scope.THIS_MACHINE) ? "discovery.embedded.allow-remote-instances=true"
					: "discovery.cloud-map.allow-loopback-instances=true");
		}
	}

	@Test
	void logsEachAddressOnce(CapturedOutput output) throws Exception {
		for (int i = 0; i < 3; i++) {
			includes("0.0.0.0", "10.0.0.2");
			includes("127.0.0.1", "10.0.0.2");
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains("which is dropped"))).hasSize(2)
			.anySatisfy((line) -> assertThat(line).contains("10.0.0.2 returned 0.0.0.0 as an address of worker.corp"))
			.anySatisfy(
					(line) -> assertThat(line).contains("10.0.0.2 returned 127.0.0.1 as an address of worker.corp"));
	}

	@Test
	void checksIpv4MappedAddresses() throws Exception {
		try (ScriptedDnsServer server = ScriptedDnsServer.start(); DiscoveryThreads threads = new DiscoveryThreads()) {
			server.on("worker.corp.", Type.AAAA, "worker.corp. AAAA ::ffff:0.0.0.0",
					"worker.corp. AAAA ::ffff:10.0.0.1", "worker.corp. AAAA fe80::1");
			DnsInstanceSource source = new DnsInstanceSource(() -> List.of(server.address()),
					SampleSettings.udp(Duration.ofSeconds(10)), threads.lookups(), threads.timer(), (service) -> 8080,
					new CallableInstances(Scope.ANYWHERE));
			assertThat(source.lookup(WORKER).toCompletableFuture().join().instances()).singleElement()
				.satisfies((instance) -> {
					assertThat(instance.host()).isEqualTo("10.0.0.1");
					assertThat(instance.id()).isEqualTo("10.0.0.1:8080");
				});
		}
	}

	@Test
	void keepsOtherAddresses() throws Exception {
		try (ScriptedDnsServer server = ScriptedDnsServer.start(); DiscoveryThreads threads = new DiscoveryThreads()) {
			server.on("worker.corp.", Type.SRV, (answer) -> {
				ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 8080 i-1.worker.corp.",
						"worker.corp. SRV 1 1 8080 i-2.worker.corp.", "worker.corp. SRV 1 1 8080 i-3.worker.corp.");
				return ScriptedDnsServer.add(answer, Section.ADDITIONAL, "i-1.worker.corp. A 0.0.0.0",
						"i-2.worker.corp. A 10.0.0.2");
			});
			server.on("i-3.worker.corp.", Type.A, "i-3.worker.corp. A 224.0.0.1", "i-3.worker.corp. A 10.0.0.3");
			DnsInstanceSource source = new DnsInstanceSource(() -> List.of(server.address()),
					SampleSettings.udp(Duration.ofSeconds(10)), threads.lookups(), threads.timer(), (service) -> null,
					new CallableInstances(Scope.ANYWHERE));
			assertThat(source.lookup(WORKER).toCompletableFuture().join().instances()).extracting(Instance::host)
				.containsExactly("10.0.0.2", "10.0.0.3");
		}
	}

	private boolean includes(String address, String server) throws Exception {
		return this.callable.includes(WORKER, InetAddress.getByName(address), InetAddress.getByName(server));
	}

}
