package dev.cloudmap.registry.dns.zone;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.StandardError;
import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Warnings about instance ids that are not host names.
 */
class UnresolvableIdWarningTests {

	private static final Map<String, String> ATTRIBUTES = Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_PORT",
			"5000");

	@ParameterizedTest
	@ValueSource(strings = { "a", "A-1", "_a", "a_", "127.0.1.2", "i-0123.rack_1", "1" })
	void acceptsHostNames(String id) {
		assertThat(UnresolvableIdWarning.isResolvable(id)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "a:b", "10.0.0.1:80", "a/b", "a@b", "a..b", ".a", "a.", ".", "-a", "a-", "a.-b", "a-.b" })
	void rejectsInvalidHostNames(String id) {
		assertThat(UnresolvableIdWarning.isResolvable(id)).isFalse();
	}

	@Test
	void warnsOncePerServiceWithSrvRecords() {
		List<String> lines = StandardError.linesOf(UnresolvableIdWarningTests::registerSome);
		assertThat(lines.stream().filter((line) -> line.contains("UnresolvableIdWarning"))).satisfiesExactly(
				(line) -> assertThat(line).contains("'worker'", "'a:0'", "glibc", "Use labels"),
				(line) -> assertThat(line).contains("'other'", "'b..c'"));
	}

	private static void registerSome() {
		try (TestRegistry registry = TestRegistry.start()) {
			String namespace = registry.createDnsNamespace("corp");
			String worker = registry.createDnsService(namespace, "worker", RoutingPolicy.MULTIVALUE, RecordType.SRV);
			String other = registry.createDnsService(namespace, "other", RoutingPolicy.MULTIVALUE, RecordType.SRV);
			String plain = registry.createDnsService(namespace, "plain", RoutingPolicy.MULTIVALUE, RecordType.A);
			registry.register(worker, "fine", ATTRIBUTES);
			registry.register(plain, "p:1", ATTRIBUTES);
			for (int i = 0; i < 3; i++) {
				registry.register(worker, "a:" + i, ATTRIBUTES);
				registry.register(other, "b..c", ATTRIBUTES);
			}
		}
	}

	@Test
	void warnsAboutRestoredIds(@TempDir Path directory) {
		try (TestRegistry registry = TestRegistry.start((options) -> options.withDataDirectory(directory))) {
			String namespace = registry.createDnsNamespace("corp");
			String worker = registry.createDnsService(namespace, "worker", RoutingPolicy.MULTIVALUE, RecordType.SRV);
			registry.register(worker, "fine", ATTRIBUTES);
			registry.register(worker, "a:1", ATTRIBUTES);
		}
		List<String> lines = StandardError.linesOf(() -> {
			try (TestRegistry registry = TestRegistry.start((options) -> options.withDataDirectory(directory))) {
				assertThat(registry.server().dnsAddress()).isNotNull();
			}
		});
		assertThat(lines.stream().filter((line) -> line.contains("UnresolvableIdWarning")))
			.satisfiesExactly((line) -> assertThat(line).contains("'worker'", "'a:1'"));
	}

}
