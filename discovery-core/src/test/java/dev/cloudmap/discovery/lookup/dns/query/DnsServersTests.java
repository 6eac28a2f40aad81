package dev.cloudmap.discovery.lookup.dns.query;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ResolverConfig;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registry.FakeRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DnsServersTests {

	@ParameterizedTest
	@CsvSource({ "127.0.0.1, 127.0.0.1, 53", "127.0.0.1:8053, 127.0.0.1, 8053", "[::1]:8053, ::1, 8053",
			"[::1], ::1, 53", "::1, ::1, 53", "2001:db8::53, 2001:db8::53, 53" })
	void parsesAddressesWithAndWithoutPort(String server, String host, int port) {
		assertThat(DnsServers.of(List.of(server)).addresses()).containsExactly(new InetSocketAddress(host, port));
	}

	@ParameterizedTest
	@CsvSource({ "localhost, localhost, 53", "localhost:8053, localhost, 8053", "ns-1.corp:53, ns-1.corp, 53",
			"1.ns.corp, 1.ns.corp, 53" })
	void doesNotResolveHostNames(String server, String host, int port) {
		assertThat(DnsServers.of(List.of(server)).addresses())
			.containsExactly(InetSocketAddress.createUnresolved(host, port));
	}

	@Test
	void keepsTheOrder() {
		assertThat(DnsServers.of(List.of("127.0.0.2", "127.0.0.1")).addresses())
			.extracting(InetSocketAddress::getHostString)
			.containsExactly("127.0.0.2", "127.0.0.1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "two words", "127.0.0.1:port", "127.0.0.1:70000", "127.0.0.1:0", "127.0.0.1:-1",
			"dns://127.0.0.1", "127.0.0.1:53/path", "user@127.0.0.1", "host?tcp", "[::1", "1.2.3.4.5", ":53" })
	void rejectsInvalidServers(String server) {
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> DnsServers.of(List.of(server)))
			.withMessageContaining("'" + server + "' is not a valid DNS server: expected host or host:port")
			.satisfies((ex) -> assertThat(ex.getAction()).contains("discovery.lookup.dns.servers")
				.contains("127.0.0.1:8053")
				.contains("[::1]:8053"));
	}

	@Test
	void readsTheAddressOfTheRegistryEachTime() {
		InetSocketAddress[] address = { new InetSocketAddress(InetAddress.getLoopbackAddress(), 8053) };
		DnsServers servers = DnsServers.of(new FakeRegistry() {

			@Override
			public List<InetSocketAddress> dnsServers() {
				return List.of(address);
			}

		});
		assertThat(servers.addresses()).containsExactly(address[0]);
		address[0] = new InetSocketAddress(InetAddress.getLoopbackAddress(), 18053);
		assertThat(servers.addresses()).extracting(InetSocketAddress::getPort).containsExactly(18053);
	}

	@Test
	void usesTheServersOfTheMachineIfTheRegistryHasNone() {
		assertThat(DnsServers.of(new FakeRegistry()).addresses())
			.isEqualTo(ResolverConfig.getCurrentConfig().servers());
	}

}
