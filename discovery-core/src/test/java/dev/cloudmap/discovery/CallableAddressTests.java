package dev.cloudmap.discovery;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class CallableAddressTests {

	@ParameterizedTest
	@ValueSource(strings = { "10.0.0.1", "127.0.0.1", "127.255.0.9", "::1", "192.168.1.1", "203.0.113.9", "100.64.0.1",
			"169.253.255.255", "169.255.0.0", "1.0.0.0", "223.255.255.255", "2001:db8::1", "fd00::1", "fd00:ec3::254",
			"::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2600:1f18::1" })
	void acceptsAddressesOfInstances(String address) throws Exception {
		assertThat(CallableAddress.problem(InetAddress.getByName(address))).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.254",
			"255.255.255.255", "ff02::1", "169.254.169.254", "169.254.170.2", "169.254.0.0", "169.254.255.255",
			"fe80::1", "febf::1", "fd00:ec2::254", "fd00:ec2::23", "::ffff:169.254.169.254", "::ffff:0.0.0.0",
			"::ffff:224.0.0.1", "::ffff:255.255.255.255", "::169.254.169.254", "::10.0.0.1", "::127.0.0.1", "::2",
			"64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b:1::a9fe:a9fe", "64:ff9b::", "2002:a9fe:a9fe::1",
			"2002:7f00:1::1" })
	void rejectsSpecialPurposeAddresses(String address) throws Exception {
		assertThat(CallableAddress.problem(InetAddress.getByName(address))).isNotNull();
	}

	@Test
	void rejectsAMappedAddressInRawForm() throws Exception {
		byte[] bytes = HexFormat.of().parseHex("00000000000000000000ffffa9fea9fe");
		assertThat(CallableAddress.problem(Inet6Address.getByAddress(null, bytes, -1)))
			.startsWith("an IPv6 address that embeds a link-local address");
	}

}
