package dev.cloudmap.discovery.registry;

import java.net.URI;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LoopbackHostTests {

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "127.1.2.3", "127.1", "localhost", "LOCALHOST", "registry.localhost", "::1",
			"[::1]", "0:0:0:0:0:0:0:1", "[::ffff:127.0.0.1]" })
	void acceptsLoopbackHosts(String host) {
		assertThat(LoopbackHost.matches(host)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "10.0.0.1", "128.0.0.1", "1127.0.0.1", "127.0.0.1.corp", "localhost.corp",
			"mylocalhost", "::2", "0.0.0.0", "data-127.0.0.1" })
	void rejectsOtherHosts(String host) {
		assertThat(LoopbackHost.matches(host)).isFalse();
	}

	@Test
	void readsTheHostOfAUri() {
		assertThat(LoopbackHost.isHostOf(URI.create("https://[::1]:8054/"))).isTrue();
		assertThat(LoopbackHost.isHostOf(URI.create("http://registry.corp/"))).isFalse();
		assertThat(LoopbackHost.isHostOf(URI.create("http:///nothing"))).isFalse();
		assertThat(LoopbackHost.isHostOf(null)).isFalse();
	}

}
