package dev.cloudmap.discovery.registration.host;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.cloud.commons.util.InetUtils;
import org.springframework.cloud.commons.util.InetUtilsProperties;

import dev.cloudmap.discovery.IpLiteral;
import dev.cloudmap.discovery.registration.host.HostResolution.Found;
import dev.cloudmap.discovery.registration.host.HostResolution.None;
import dev.cloudmap.discovery.registration.host.Ipv6Interfaces.InterfaceAddress;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests which address of a machine is registered.
 */
class Ipv6InterfacesTests {

	private final InetUtilsProperties properties = new InetUtilsProperties();

	private final List<InterfaceAddress> machine = new ArrayList<>();

	private final Ipv6Interfaces interfaces = new Ipv6Interfaces(this.properties, () -> this.machine);

	@Test
	void selectsReachableAddressWithTheLowestIndex() {
		address(1, "lo", "::1");
		address(5, "eth1", "2001:db8::5");
		address(3, "eth0", "fe80::3");
		address(3, "eth0", "10.0.0.3");
		address(3, "eth0", "fec0::3");
		address(3, "eth0", "fd00::3%1");
		assertThat(found()).isEqualTo("fd00:0:0:0:0:0:0:3");
	}

	@Test
	void respectsTheSettingsOfInetUtils() {
		address(2, "docker0", "fd00::2");
		address(3, "eth0", "2001:db8::3");
		this.properties.setIgnoredInterfaces(List.of("docker.*"));
		assertThat(found()).isEqualTo("2001:db8:0:0:0:0:0:3");
		address(4, "eth1", "2001:db8:1::4");
		this.properties.setPreferredNetworks(List.of("10.0", "2001:db8:1:"));
		assertThat(found()).isEqualTo("2001:db8:1:0:0:0:0:4");
		this.properties.setPreferredNetworks(List.of("10.0"));
		assertThat(found()).isEqualTo("2001:db8:0:0:0:0:0:3");
		this.properties.setUseOnlySiteLocalInterfaces(true);
		assertThat(this.interfaces.find()).isEmpty();
		address(5, "eth2", "fd00::5");
		assertThat(found()).isEqualTo("fd00:0:0:0:0:0:0:5");
	}

	@Test
	void findsTheConfiguredFamilies() {
		address(3, "eth0", "2001:db8::3");
		assertThat(resolver(IpFamily.IPV6, "10.0.0.3").resolve()).isInstanceOfSatisfying(Found.class, (found) -> {
			assertThat(found.ipv4()).isNull();
			assertThat(found.ipv6()).isEqualTo("2001:db8:0:0:0:0:0:3");
		});
		assertThat(resolver(IpFamily.BOTH, "10.0.0.3").resolve()).isInstanceOfSatisfying(Found.class, (found) -> {
			assertThat(found.ipv4()).isEqualTo("10.0.0.3");
			assertThat(found.ipv6()).isEqualTo("2001:db8:0:0:0:0:0:3");
		});
		assertThat(resolver(IpFamily.IPV4, "10.0.0.3").resolve()).isInstanceOfSatisfying(Found.class,
				(found) -> assertThat(found.ipv6()).isNull());
	}

	@Test
	void ipv6ReplacesAMissingIpv4() {
		HostResolver offline = resolver(IpFamily.IPV4, "127.0.1.1");
		assertThat(offline.resolve()).isInstanceOf(None.class);
		address(3, "eth0", "2001:db8::3");
		assertThat(offline.resolve()).isInstanceOfSatisfying(Found.class,
				(found) -> assertThat(found.ipv6()).isEqualTo("2001:db8:0:0:0:0:0:3"));
	}

	@Test
	void readsTheInterfacesOfThisMachine() {
		assertThat(new Ipv6Interfaces(this.properties).find().stream()).allSatisfy((address) -> {
			assertThat(address.isLoopbackAddress()).isFalse();
			assertThat(address.isLinkLocalAddress()).isFalse();
		});
	}

	private HostResolver resolver(IpFamily family, String ipv4) {
		InetUtils inetUtils = new InetUtils(this.properties) {

			@Override
			public InetAddress findFirstNonLoopbackAddress() {
				return IpLiteral.find(ipv4);
			}

		};
		return new InetUtilsHostResolver(inetUtils, this.interfaces, family);
	}

	private String found() {
		return this.interfaces.find().map(IpLiteral::format).orElse("none");
	}

	private void address(int index, String interfaceName, String address) {
		this.machine.add(new InterfaceAddress(index, interfaceName, IpLiteral.find(address)));
	}

}
