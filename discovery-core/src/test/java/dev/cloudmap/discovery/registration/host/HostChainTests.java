package dev.cloudmap.discovery.registration.host;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.discovery.DiscoveryException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests which address is registered, and the description of its origin.
 */
class HostChainTests {

	private static final HostResolver BOTH = () -> HostResolution.of("10.0.1.17", "2001:db8::11", "mine");

	@Test
	void firstAddressWinsAndEachResolverHasAReason() {
		ResolvedHost host = chain(IpFamily.IPV4, new ConfiguredHostResolver("discovery.registration.host", () -> null),
				new ConfiguredHostResolver("server.address", () -> "0.0.0.0"), BOTH, () -> {
					throw new IllegalStateException("not to be asked");
				})
			.resolve();
		assertThat(host.addresses()).containsExactly("10.0.1.17");
		assertThat(host.resolution()).containsExactly("discovery.registration.host (not set)",
				"server.address (0.0.0.0 is a wildcard address)",
				"a HostResolver of " + getClass().getName() + " (mine)");
		assertThat(host.describe()).isEqualTo("a HostResolver of " + getClass().getName()
				+ " (mine); without an address: discovery.registration.host (not set),"
				+ " server.address (0.0.0.0 is a wildcard address)");
	}

	@Test
	void missingAddressIsExplainedWithASetting() {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(chain(IpFamily.IPV4, new ConfiguredHostResolver("server.address", () -> null),
					() -> HostResolution.none("none here"))::resolve)
			.withMessageContaining("server.address (not set), a HostResolver of")
			.withMessageContaining("(none here)")
			.withMessageEndingWith("Set discovery.registration.host to it");
	}

	@Test
	void familySelectsTheAddresses() {
		assertThat(chain(IpFamily.IPV4, BOTH).resolve().addresses()).containsExactly("10.0.1.17");
		assertThat(chain(IpFamily.IPV6, BOTH).resolve().addresses()).containsExactly("2001:db8:0:0:0:0:0:11");
		assertThat(chain(IpFamily.BOTH, BOTH).resolve().addresses()).containsExactly("10.0.1.17",
				"2001:db8:0:0:0:0:0:11");
	}

	@Test
	void acceptsIpv6AloneByDefault() {
		assertThat(chain(IpFamily.IPV4, new ConfiguredHostResolver("discovery.registration.host", () -> "[fd00::17]"))
			.resolve()
			.addresses()).containsExactly("fd00:0:0:0:0:0:0:17");
	}

	@Test
	void explainsMissingAddressOfAFamily() {
		HostResolver ipv4 = () -> HostResolution.of("10.0.1.17", "mine");
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(chain(IpFamily.BOTH, ipv4)::resolve)
			.withMessageContaining("Expected an IPv4 and an IPv6 address")
			.withMessageContaining("found 10.0.1.17 by a HostResolver")
			.withMessageContaining("Set discovery.registration.ip-family=ipv4");
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(chain(IpFamily.IPV6, ipv4)::resolve)
			.withMessageContaining("Expected an IPv6 address");
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(chain(IpFamily.BOTH, () -> HostResolution.of("fd00::17", "mine"))::resolve)
			.withMessageContaining("ip-family=ipv6");
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "127.3.2.1", "::1" })
	void rejectsLoopbackForOtherMachines(String loopback) {
		ConfiguredHostResolver configured = new ConfiguredHostResolver("server.address", () -> loopback);
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(chain(IpFamily.IPV4, configured)::resolve)
			.withMessageContaining("by server.address (set to " + loopback + ")")
			.withMessageContaining("a loopback address, which other machines can't reach")
			.withMessageContaining("Set discovery.registration.host to the address")
			.withMessageContaining("discovery.registry=embedded");
		assertThat(new HostChain(List.of(configured), IpFamily.IPV4, NetworkScope.THIS_MACHINE).resolve().addresses())
			.hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "fe80::1", "fe80::1%1", "224.0.0.1", "0.0.0.0" })
	void rejectsAddressThatCannotBeCalled(String address) {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(chain(IpFamily.IPV4, () -> HostResolution.of(address, "mine"))::resolve)
			.withMessageContaining("can't be registered: it is");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "worker.corp", "10.1", "256.0.0.1", "1", "12:34", "[fd00::1", "fd00::g" })
	void rejectsInvalidAddressWithoutLookup(String text) {
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> HostResolution.of(text, "mine"))
			.withMessageContaining("'" + text + "' is no IP address");
	}

	@Test
	void resolvesConfiguredNameAndExplainsFailure() {
		assertThat(new ConfiguredHostResolver("discovery.registration.host", () -> "localhost").resolve())
			.isInstanceOfSatisfying(HostResolution.Found.class, (found) -> {
				assertThat(found.reason()).isEqualTo("set to localhost");
				assertThat(found.ipv4()).isEqualTo("127.0.0.1");
			});
		assertThat(new ConfiguredHostResolver("discovery.registration.host", () -> " ").resolve())
			.isEqualTo(HostResolution.none("not set"));
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> new ConfiguredHostResolver("discovery.registration.host", () -> "no such host").resolve())
			.withMessageContaining("'no such host'")
			.withMessageContaining("Correct discovery.registration.host");
	}

	private static HostChain chain(IpFamily family, HostResolver... resolvers) {
		return new HostChain(List.of(resolvers), family, NetworkScope.NETWORK);
	}

}
