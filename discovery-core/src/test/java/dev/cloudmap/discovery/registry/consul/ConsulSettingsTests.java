package dev.cloudmap.discovery.registry.consul;

import java.net.URI;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.registry.consul.ConsulSettings.Check;
import dev.cloudmap.discovery.registry.consul.ConsulSettings.Consistency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ConsulSettingsTests {

	private static final URI AGENT = URI.create("http://127.0.0.1:8500");

	@Test
	void doesNotPrintTheToken() {
		assertThat(settings("top-secret", null, Duration.ofMinutes(1))).asString()
			.doesNotContain("top-secret")
			.contains("(hidden)");
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = { "-,service.consul", "dc2,service.dc2.consul" })
	void namespaceContainsTheDatacenter(@Nullable String datacenter, String namespace) {
		assertThat(settings(null, datacenter, Duration.ofMinutes(1)).namespace()).hasToString(namespace);
	}

	@Test
	void rejectsWhatConsulRejects() {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> settings(null, null, Duration.ofSeconds(59)))
			.withMessageContaining("discovery.consul.deregister-critical-after is 59s: expected 60s or more");
	}

	@ParameterizedTest
	@ValueSource(strings = { "consul:8500", "ftp://consul:8500", "http:///path" })
	void rejectsOtherUris(String uri) {
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> ConsulSettings.of(URI.create(uri)))
			.withMessageContaining("expected http://host:port or https://host:port");
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = { "-,service.consul,-", "dc1,service.consul,dc1", "dc1,service.dc2.consul,dc2",
			"-,Service.DC2.Consul,dc2" })
	void datacenterOfANamespace(@Nullable String own, String namespace, @Nullable String datacenter) {
		assertThat(new ConsulNames("consul", own).datacenter(new Namespace(namespace))).isEqualTo(datacenter);
	}

	@ParameterizedTest
	@ValueSource(strings = { "corp", "consul", "service.corp", "service..consul", "service.a.b.consul", "service.",
			"xservice.consul" })
	void otherNamespacesDoNotExist(String namespace) {
		ConsulNames names = new ConsulNames("consul", null);
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> names.datacenter(new Namespace(namespace)))
			.withMessageContaining("Consul has no namespace '" + namespace + "'");
	}

	private static ConsulSettings settings(@Nullable String token, @Nullable String datacenter, Duration deregister) {
		return new ConsulSettings(AGENT, token, datacenter, "consul", Check.TTL, Duration.ofSeconds(5), null,
				deregister, Consistency.STALE, Duration.ofSeconds(2));
	}

}
