package dev.cloudmap.registry;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.cloudmap.registry.RegistryOptions.EmulationEndpoint;
import dev.cloudmap.registry.api.signature.Credentials;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Start and stop of registries.
 */
class RegistryServerTests {

	private static final RegistryOptions FREE_PORTS = RegistryOptions.defaults().withHttpPort(0).withDnsPort(0);

	@Test
	void hasDefaults() {
		RegistryOptions options = RegistryOptions.defaults();
		assertThat(options)
			.isEqualTo(new RegistryOptions("127.0.0.1", 8054, 8053, null, RegistryMode.EXTENDED, Emulation.NONE,
					EmulationEndpoint.CLOSED, Duration.ofSeconds(10), Credentials.NONE, List.of(), List.of()));
		assertThatIllegalArgumentException().isThrownBy(() -> options.withHttpPort(65_536));
		assertThatIllegalArgumentException().isThrownBy(() -> options.withCheckInterval(Duration.ofMillis(99)))
			.withMessageContaining("PT0.099S");
		assertThatIllegalArgumentException().isThrownBy(() -> options.withCheckInterval(Duration.ofDays(2)));
		assertThatIllegalArgumentException().isThrownBy(() -> Emulation.NONE.withHealthDelay(Duration.ofMillis(-1)));
		assertThatIllegalArgumentException().isThrownBy(() -> Emulation.NONE.withOperationDelay(Duration.ofDays(2)));
	}

	@Test
	void supportsSeveralInstances() {
		try (RegistryServer one = RegistryServer.start(FREE_PORTS);
				RegistryServer two = RegistryServer.start(FREE_PORTS)) {
			assertThat(one.endpoint()).isNotEqualTo(two.endpoint());
			assertThat(one.dnsAddress()).isNotEqualTo(two.dnsAddress());
			assertThat(one.endpoint().toString()).isEqualTo("http://127.0.0.1:" + one.httpAddress().getPort());
		}
	}

	@Test
	void errorStatesPortInUse() {
		try (RegistryServer first = RegistryServer.start(FREE_PORTS)) {
			InetSocketAddress http = first.httpAddress();
			assertThatExceptionOfType(AddressInUseException.class)
				.isThrownBy(() -> RegistryServer.start(FREE_PORTS.withHttpPort(http.getPort())))
				.withMessageContaining("HTTP port " + http.getPort())
				.satisfies((ex) -> assertThat(ex.address()).isEqualTo(http));
			InetSocketAddress dns = first.dnsAddress();
			assertThatExceptionOfType(AddressInUseException.class)
				.isThrownBy(() -> RegistryServer.start(FREE_PORTS.withDnsPort(dns.getPort())))
				.withMessageContaining("DNS port " + dns.getPort())
				.satisfies((ex) -> assertThat(ex.address()).isEqualTo(dns));
		}
	}

	@Test
	void formatsAddressesAsConfigured() {
		try (RegistryServer all = RegistryServer.start(FREE_PORTS.withBind("0.0.0.0"))) {
			int port = all.httpAddress().getPort();
			assertThat(RegistryServer.hostAndPort(all.httpAddress())).isEqualTo("0.0.0.0:" + port);
			assertThat(all.endpoint().toString()).isEqualTo("http://127.0.0.1:" + port);
		}
		assertThat(RegistryServer.hostAndPort(new InetSocketAddress("::1", 80))).isEqualTo("[::1]:80");
	}

	@Test
	void rejectsInvalidUpstreamAddresses() {
		InetSocketAddress upstream = new InetSocketAddress("192.0.2.1", 53);
		assertThat(FREE_PORTS.withDnsForward(List.of(upstream)).withBind("::1").dnsForward()).containsExactly(upstream);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> FREE_PORTS.withDnsForward(Collections.nCopies(9, upstream)))
			.withMessageContaining("at most 8");
		for (InetSocketAddress wrong : List.of(InetSocketAddress.createUnresolved("dns.example.org", 53),
				new InetSocketAddress("0.0.0.0", 53), new InetSocketAddress("224.0.0.1", 53),
				new InetSocketAddress("192.0.2.1", 0))) {
			assertThatIllegalArgumentException().isThrownBy(() -> FREE_PORTS.withDnsForward(List.of(wrong)));
		}
	}

	@ParameterizedTest
	@CsvSource({ "127.0.0.1, 127.0.0.1", "0.0.0.0, 127.0.0.1", "0.0.0.0, 127.0.0.2", "::, 127.0.0.1" })
	void rejectsForwardingToItself(String bind, String upstream) throws Exception {
		int port = Ports.free();
		RegistryOptions options = FREE_PORTS.withBind(bind);
		assertThatExceptionOfType(RegistryStartException.class)
			.isThrownBy(() -> RegistryServer
				.start(options.withDnsPort(port).withDnsForward(List.of(new InetSocketAddress(upstream, port)))))
			.withMessageContaining(upstream + ":" + port)
			.withMessageContaining("which would be a loop");
		try (DatagramSocket another = new DatagramSocket();
				RegistryServer server = RegistryServer
					.start(options.withDnsForward(List.of(new InetSocketAddress(upstream, another.getLocalPort()))))) {
			assertThat(server.dnsAddress().getPort()).isNotEqualTo(another.getLocalPort());
		}
	}

	@Test
	void errorStatesAddressFormat() {
		assertThatExceptionOfType(RegistryStartException.class)
			.isThrownBy(() -> RegistryServer.start(FREE_PORTS.withBind("203.0.113.1")))
			.withMessageContaining("203.0.113.1");
	}

	@Test
	void closeReleasesPortsAndThreads() throws Exception {
		RegistryServer server = RegistryServer.start(FREE_PORTS);
		int http = server.httpAddress().getPort();
		int dns = server.dnsAddress().getPort();
		long started = System.nanoTime();
		server.close();
		server.close();
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
		try (RegistryServer again = RegistryServer.start(FREE_PORTS.withHttpPort(http).withDnsPort(dns))) {
			assertThat(again.httpAddress().getPort()).isEqualTo(http);
		}
		await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(registryThreads()).isEmpty());
		try (ServerSocket socket = new ServerSocket()) {
			socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), http));
		}
	}

	private static List<String> registryThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("registry-"))
			.toList();
	}

}
