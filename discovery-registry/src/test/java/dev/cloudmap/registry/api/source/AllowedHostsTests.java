package dev.cloudmap.registry.api.source;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The host names that a registry accepts.
 */
class AllowedHostsTests {

	private static final AllowedHosts HOSTS = AllowedHosts.of("bound.corp",
			List.of("registry", "Registry.Corp.Example.", "my_registry"));

	private static boolean allows(AllowedHosts hosts, String text) {
		Authority authority = Authority.parse(text);
		return authority != null && hosts.contains(authority);
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "127.0.0.1:8054", "10.1.2.3", "255.255.255.255:65535", "[::1]", "[::1]:8054",
			"[2001:DB8::1]", "[::ffff:127.0.0.1]", "[fe80::1%eth0]:1", "localhost", "LOCALHOST:8054", "localhost.",
			"localhost.:8054", "localhost:", "registry.localhost", "a.b.localhost.", "data-localhost",
			"data-localhost:8054", "Data-LocalHost.", "data-127.0.0.1", "data-127.0.0.1:8054", "DATA-127.0.0.1",
			"data-127.0.0.1.", "data-[::1]", "data-[::1]:8054", "DATA-[::1]:8054", "data-[2001:DB8::1]:1",
			"data-[::ffff:127.0.0.1]", "data-[::FFFF:7f00:1]:8054", "data-[fe80::1%eth0]:1" })
	void allowsAddressesAndLocalhost(String host) {
		assertThat(allows(AllowedHosts.DEFAULT, host)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "registry", "REGISTRY:8054", "registry.", "data-registry", "DATA-registry.:1",
			"registry.corp.example", "data-registry.corp.example.", "my_registry:8054", "data-my_registry",
			"bound.corp", "data-bound.corp:8054" })
	void allowsConfiguredHosts(String host) {
		assertThat(allows(HOSTS, host)).isTrue();
		assertThat(allows(AllowedHosts.DEFAULT, host)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "evil.example", "evil.example:8054", "127.0.0.1.evil.example", "127.0.0.1.",
			"127.0.0.1.nip.io", "data-127.0.0.1.evil.example", "data-evil.example", "2130706433", "0x7f000001",
			"0x7f.1", "127.1", "0177.0.0.1", "127.0.0.01", "127.0.0.256", "127.0.0.1:99999", "data-127.1",
			"data-2130706433", "localhost.evil.example", "localhost.evil", "mylocalhost", ".localhost", "localhost..",
			"a..localhost", "user@localhost", "localhost@evil.example", "localhost:80@evil.example", "localhost:8054:1",
			"localhost:port", "localhost:-1", "localhost/", "localhost evil", "localhost,localhost", "local\u017Fhost",
			"::1", "[::1", "::1]", "[127.0.0.1]", "[::1].evil.example", "[localhost]", "[v1.a]", "data-::1",
			"data-[::1", "data-[::1].", "[::1].", "data-[127.0.0.1]", "data-[localhost]", "data-[::1].evil.example",
			"data-data-[::1]", "xdata-[::1]", "data-data-127.0.0.1", "xregistry", "registryx", "registry.evil.example",
			"a.registry", "data-data-registry", "corp.example", "data-", "data-data-localhost", "bound.corp.evil",
			"%6cocalhost", "localhost%00", "*" })
	void rejectsOtherHosts(String host) {
		assertThat(allows(HOSTS, host)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0", "::", "127.1", "::1", "2130706433" })
	void ignoresWildcardAddress(String bind) {
		assertThat(allows(AllowedHosts.of(bind, List.of()), bind)).isEqualTo(bind.equals("0.0.0.0"));
		assertThat(AllowedHosts.of(bind, List.of())).hasToString("IP addresses, localhost");
	}

	@Test
	void listsAllowedHosts() {
		assertThat(HOSTS)
			.hasToString("IP addresses, localhost, bound.corp, my_registry, registry, registry.corp.example");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "*", "*.corp", "http://registry", "registry:8054", "registry/", "a b", "user@registry",
			"10.0.0.1", "::1", "[::1]", "127.1", "0x7f", ".registry", "registry..", "a..b", "d\u00e9p\u00f4t" })
	void acceptsOnlyHostNames(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> AllowedHosts.canonical(List.of(name)))
			.withMessageContaining("'" + name + "'")
			.withMessageContaining("registry.corp.example");
	}

	@Test
	void acceptsNamesUpToDnsLimits() {
		String label = "a".repeat(63);
		String longest = String.join(".", label, label, label, "a".repeat(61));
		assertThat(AllowedHosts.canonical(List.of(longest, "Registry", "registry."))).containsExactly(longest,
				"registry");
		assertThatIllegalArgumentException().isThrownBy(() -> AllowedHosts.canonical(List.of(longest + "a")));
		assertThatIllegalArgumentException().isThrownBy(() -> AllowedHosts.canonical(List.of(label + "a")));
	}

}
