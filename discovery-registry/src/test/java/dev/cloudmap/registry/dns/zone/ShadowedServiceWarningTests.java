package dev.cloudmap.registry.dns.zone;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.StandardError;
import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Warnings about services whose names belong to the zone of another namespace.
 */
class ShadowedServiceWarningTests {

	private static final Map<String, String> ATTRIBUTES = Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_PORT",
			"5000");

	private static List<String> warnings(Consumer<TestRegistry> actions) {
		return warningsOf(() -> {
			try (TestRegistry registry = TestRegistry.start()) {
				actions.accept(registry);
			}
		});
	}

	private static List<String> warningsOf(Runnable action) {
		return StandardError.linesOf(action)
			.stream()
			.filter((line) -> line.contains("ShadowedServiceWarning"))
			.toList();
	}

	private static String service(TestRegistry registry, String namespace, String name, RecordType type) {
		return registry.createDnsService(namespace, name, RoutingPolicy.MULTIVALUE, type);
	}

	@Test
	void warnsOnceAboutNamespaceThatHidesServices() {
		assertThat(warnings((registry) -> {
			String corp = registry.createDnsNamespace("corp");
			registry.register(service(registry, corp, "Worker", RecordType.A), "i-1", ATTRIBUTES);
			service(registry, corp, "b.worker", RecordType.A);
			registry.createDnsNamespace("worker.Corp");
			assertThat(answers(registry, "worker.corp.")).isZero();
		})).singleElement()
			.asString()
			.contains("'worker.Corp'", "1 more services")
			.containsAnyOf("'Worker'", "'b.worker'");
	}

	private static int answers(TestRegistry registry, String name) {
		try {
			return registry.query(name, Type.A).getSection(Section.ANSWER).size();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void warnsAboutNamespaceThatHidesInstance() {
		assertThat(warnings((registry) -> {
			String worker = service(registry, registry.createDnsNamespace("corp"), "worker", RecordType.SRV);
			registry.register(worker, "i.A", ATTRIBUTES);
			registry.createDnsNamespace("a.worker.corp");
		})).singleElement().asString().contains("'a.worker.corp'", "'worker'");
	}

	@Test
	void warnsAboutServiceHiddenAtCreation() {
		assertThat(warnings((registry) -> {
			String corp = registry.createDnsNamespace("corp");
			registry.createDnsNamespace("a.corp");
			service(registry, corp, "worker.a", RecordType.A);
		})).singleElement().asString().contains("'a.corp'", "'worker.a'");
	}

	@Test
	void warnsAboutRestoredNamespaces(@TempDir Path directory) {
		Runnable start = () -> {
			try (TestRegistry registry = TestRegistry.start((options) -> options.withDataDirectory(directory))) {
				if (registry.client().listNamespaces().namespaces().isEmpty()) {
					service(registry, registry.createDnsNamespace("corp"), "worker", RecordType.A);
					registry.createDnsNamespace("worker.corp");
				}
			}
		};
		assertThat(warningsOf(start)).hasSize(1);
		assertThat(warningsOf(start)).singleElement().asString().contains("'worker.corp'", "'worker'");
	}

	@Test
	void doesNotWarnOtherwise() {
		assertThat(warnings((registry) -> {
			String below = registry.createDnsNamespace("a.corp");
			service(registry, below, "worker", RecordType.A);
			String corp = registry.createDnsNamespace("corp");
			String worker = service(registry, corp, "worker", RecordType.SRV);
			registry.register(worker, "i-1", ATTRIBUTES);
			service(registry, corp, "seen", RecordType.A);
			registry.createDnsNamespace("unseen.corp");
			registry.createDnsNamespace("orker.corp");
			registry.createDnsNamespace("other.worker.corp");
			registry.createHttpNamespace("worker.corp");
		})).isEmpty();
	}

}
