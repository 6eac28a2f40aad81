package dev.cloudmap.registry;

import java.net.InetSocketAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Upstream addresses in the syntax of the command line.
 */
class UpstreamAddressTests {

	@Test
	void readsAddressesWithAndWithoutPort() {
		assertThat(UpstreamAddress.parse("10.0.0.2")).isEqualTo(new InetSocketAddress("10.0.0.2", 53));
		assertThat(UpstreamAddress.parse("10.0.0.2:5353")).isEqualTo(new InetSocketAddress("10.0.0.2", 5353));
		assertThat(UpstreamAddress.parse("fd00::2")).isEqualTo(new InetSocketAddress("fd00::2", 53));
		assertThat(UpstreamAddress.parse("::1")).isEqualTo(new InetSocketAddress("::1", 53));
		assertThat(UpstreamAddress.parse("[fd00::2]")).isEqualTo(new InetSocketAddress("fd00::2", 53));
		assertThat(UpstreamAddress.parse("[fd00::2]:5353")).isEqualTo(new InetSocketAddress("fd00::2", 5353));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "dns.example.org", "dns.example.org:53", "localhost", "10.0.0", "10.0.0.256", "127.1",
			"10.0.0.2:", "10.0.0.2:0", "10.0.0.2:65536", "10.0.0.2:+53", "10.0.0.2:53:53", "[10.0.0.2]:53", "[fd00::2",
			"fd00::2]", "[fd00::2]53", "[]:53", ":53", "[[fd00::2]]:53", "fe80::1%nowhere" })
	void errorStatesAddressFormat(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> UpstreamAddress.parse(text))
			.withMessageContaining("'" + text + "'")
			.withMessageContaining("[fd00::2]:53");
	}

}
