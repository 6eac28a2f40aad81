package dev.cloudmap.discovery.lookup;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.CallableInstances.Scope;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class CallableInstancesTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private Set<InetAddress> interfaces = Set.of(address("192.168.1.5"), address("fd00::5"));

	@ParameterizedTest
	@ValueSource(strings = { "169.254.169.254", "0.0.0.0", "::ffff:169.254.169.254", "fe80::1", "fe80::1%lo",
			"2852039166", "169.254.43518", "127.1", "0x7f.1", "0x7f000001", "0xa9fea9fe", "1.2.3.4.5", "host.0x",
			"256.1.1.1", "10.0.0.1.", "[::", "::g", "fd00:ec2::254" })
	void dropsAddressesInEveryScope(String host) {
		for (Scope scope : Scope.values()) {
			assertThat(found(scope, host)).as(scope.name()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "127.0.0.9", "::1", "0:0:0:0:0:0:0:1", "localhost", "worker.localhost",
			"192.168.1.5", "fd00::5", "fd00:0:0:0:0:0:0:5" })
	void thisMachineIncludesLocalAddresses(String host) {
		assertThat(found(Scope.THIS_MACHINE, host)).containsExactly(host);
	}

	@ParameterizedTest
	@ValueSource(strings = { "10.0.0.1", "203.0.113.9", "192.168.1.6", "fd00::6", "worker.example", "evil" })
	void thisMachineDropsRemoteAddresses(String host, CapturedOutput output) {
		assertThat(found(Scope.THIS_MACHINE, host)).isEmpty();
		assertThat(output).contains("discovery.embedded.allow-remote-instances=true");
		assertThat(found(Scope.ANYWHERE, host)).containsExactly(host);
		assertThat(found(Scope.NETWORK, host)).containsExactly(host);
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "::1", "localhost", "worker.localhost" })
	void networkDropsLoopbackAddresses(String host, CapturedOutput output) {
		assertThat(found(Scope.NETWORK, host)).isEmpty();
		assertThat(output).contains("discovery.cloud-map.allow-loopback-instances=true");
		assertThat(found(Scope.ANYWHERE, host)).containsExactly(host);
	}

	@Test
	void readsChangedInterfaces() {
		assertThat(found(Scope.THIS_MACHINE, "10.8.0.2")).isEmpty();
		this.interfaces = Set.of(address("10.8.0.2"));
		assertThat(found(Scope.THIS_MACHINE, "10.8.0.2")).hasSize(1);
		this.interfaces = Set.of();
		assertThat(found(Scope.THIS_MACHINE, "10.8.0.2")).isEmpty();
	}

	@Test
	void keepsOtherInstancesAndLogsEachAddressOnce(CapturedOutput output) {
		CallableInstances rule = new CallableInstances(Scope.ANYWHERE, this::isLocal);
		for (int i = 0; i < 3; i++) {
			assertThat(rule.callable(set("10.0.0.1", "169.254.169.254")).instances()).extracting(Instance::host)
				.containsExactly("10.0.0.1");
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains("which is dropped"))).singleElement()
			.asString()
			.contains("The source api returned 169.254.169.254 as an address of worker.corp");
	}

	@Test
	void limitsTheLog(CapturedOutput output) {
		CallableInstances rule = new CallableInstances(Scope.ANYWHERE, this::isLocal);
		for (int i = 0; i < 5000; i++) {
			rule.callable(set("169.254." + i / 250 + "." + i % 250));
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains("which is dropped"))).hasSize(1000);
	}

	private List<String> found(Scope scope, String host) {
		return new CallableInstances(scope, this::isLocal).callable(set(host))
			.instances()
			.stream()
			.map(Instance::host)
			.toList();
	}

	private static InstanceSet set(String... hosts) {
		return new InstanceSet(WORKER,
				List.of(hosts)
					.stream()
					.map((host) -> new Instance(WORKER, host, host, 8080, HealthStatus.UNKNOWN, Map.of()))
					.toList(),
				"api");
	}

	private static InetAddress address(String text) {
		try {
			return InetAddress.getByName(text);
		}
		catch (java.net.UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	private boolean isLocal(InetAddress address) {
		return this.interfaces.contains(address);
	}

}
