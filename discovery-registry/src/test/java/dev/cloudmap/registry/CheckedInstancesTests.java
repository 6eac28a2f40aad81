package dev.cloudmap.registry;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.CustomHealthNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.CustomHealthStatus;
import software.amazon.awssdk.services.servicediscovery.model.DnsRecord;
import software.amazon.awssdk.services.servicediscovery.model.HealthCheckType;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatus;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatusFilter;
import software.amazon.awssdk.services.servicediscovery.model.HttpInstanceSummary;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.OperationTargetType;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;
import software.amazon.awssdk.services.servicediscovery.model.ServiceChange;

import dev.cloudmap.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Health checks of services with a HealthCheckConfig, end to end, with an AWS SDK client,
 * a DNS resolver and real servers.
 */
class CheckedInstancesTests {

	private static final String WELL = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

	private static TestRegistry start(UnaryOperator<RegistryOptions> customizer) {
		return TestRegistry.start((options) -> customizer.apply(options.withCheckInterval(Duration.ofMillis(100))));
	}

	private static TestRegistry start() {
		return start(UnaryOperator.identity());
	}

	private static Map<String, String> at(int port) {
		return Map.of("AWS_INSTANCE_IPV4", "127.0.0.1", "AWS_INSTANCE_PORT", String.valueOf(port));
	}

	private static String createService(TestRegistry registry, String namespaceId, HealthCheckType type) {
		return registry.client()
			.createService((request) -> request.name("orders")
				.namespaceId(namespaceId)
				.healthCheckConfig((check) -> check.type(type)
					.resourcePath((type != HealthCheckType.TCP) ? "/health" : null)
					.failureThreshold(2)))
			.service()
			.id();
	}

	private static List<HttpInstanceSummary> discover(TestRegistry registry, HealthStatusFilter filter) {
		return registry.client()
			.discoverInstances(
					(request) -> request.namespaceName("corp.example").serviceName("orders").healthStatus(filter))
			.instances();
	}

	private static void awaitStatus(TestRegistry registry, String status) {
		await().untilAsserted(() -> assertThat(discover(registry, HealthStatusFilter.ALL))
			.extracting(HttpInstanceSummary::healthStatusAsString)
			.containsExactly(status));
	}

	@Test
	void areFoundWhileTheyAnswer() throws Exception {
		try (TestRegistry registry = start()) {
			String service = createService(registry, registry.createHttpNamespace("corp.example"),
					HealthCheckType.HTTP);
			int port;
			try (ScriptedServer server = ScriptedServer.answering(WELL)) {
				port = server.port();
				registry.register(service, "one", at(port));
				assertThat(discover(registry, HealthStatusFilter.HEALTHY)).hasSize(1);
				await().untilAsserted(() -> assertThat(server.requests()).hasSizeGreaterThan(2)
					.allSatisfy((request) -> assertThat(request).startsWith("GET /health HTTP/1.1\r\n")));
				awaitStatus(registry, "HEALTHY");
			}
			awaitStatus(registry, "UNHEALTHY");
			assertThat(discover(registry, HealthStatusFilter.HEALTHY)).isEmpty();
			assertThat(discover(registry, HealthStatusFilter.UNHEALTHY)).hasSize(1);
			assertThat(discover(registry, HealthStatusFilter.HEALTHY_OR_ELSE_ALL)).hasSize(1);
			assertThat(registry.client().getInstancesHealthStatus((request) -> request.serviceId(service)).status())
				.containsExactly(Map.entry("one", HealthStatus.UNHEALTHY));
			try (ScriptedServer back = ScriptedServer.answering(WELL, port)) {
				awaitStatus(registry, "HEALTHY");
				assertThat(back.requests()).hasSizeGreaterThanOrEqualTo(2);
			}
		}
	}

	@Test
	void areExcludedFromDnsWhileUnhealthy() throws Exception {
		try (TestRegistry registry = start()) {
			String namespace = createPublicNamespace(registry);
			String service = registry.client()
				.createService((request) -> request.name("orders")
					.namespaceId(namespace)
					.healthCheckConfig((check) -> check.type(HealthCheckType.TCP))
					.dnsConfig((dns) -> dns.routingPolicy(RoutingPolicy.MULTIVALUE)
						.dnsRecords(DnsRecord.builder().type(RecordType.A).ttl(1L).build())))
				.service()
				.id();
			int port;
			try (ScriptedServer one = ScriptedServer.answering(WELL)) {
				port = one.port();
				registry.register(service, "one", at(port));
				// All of 127.0.0.0/8 may be local, but the server listens at one address
				// of it: this instance is
				// unhealthy from the start.
				registry.register(service, "two",
						Map.of("AWS_INSTANCE_IPV4", "127.0.0.2", "AWS_INSTANCE_PORT", String.valueOf(port)));
				await().untilAsserted(() -> assertThat(addresses(registry)).containsExactly("127.0.0.1"));
			}
			// If all instances are unhealthy, DNS answers with all of them.
			await().untilAsserted(
					() -> assertThat(addresses(registry)).containsExactlyInAnyOrder("127.0.0.1", "127.0.0.2"));
			try (ScriptedServer back = ScriptedServer.answering(WELL, port)) {
				await().untilAsserted(() -> assertThat(addresses(registry)).containsExactly("127.0.0.1"));
				assertThat(back.requests()).isEmpty();
			}
		}
	}

	private static String createPublicNamespace(TestRegistry registry) {
		String operation = registry.client()
			.createPublicDnsNamespace((request) -> request.name("corp.example"))
			.operationId();
		return registry.client()
			.getOperation((request) -> request.operationId(operation))
			.operation()
			.targets()
			.get(OperationTargetType.NAMESPACE);
	}

	@Test
	void areCheckedWithUpdatedServiceSettings() throws Exception {
		try (TestRegistry registry = start();
				ScriptedServer server = ScriptedServer.answering("HTTP/1.1 503 Unavailable\r\n\r\n")) {
			DnsRecord records = DnsRecord.builder().type(RecordType.A).ttl(1L).build();
			String service = createUncheckedService(registry, records);
			registry.register(service, "one", at(server.port()));
			awaitStatus(registry, "UNKNOWN");
			update(registry, service, records,
					(change) -> change.healthCheckConfig((check) -> check.type(HealthCheckType.HTTP)));
			awaitStatus(registry, "UNHEALTHY");
			update(registry, service, records,
					(change) -> change.healthCheckConfig((check) -> check.type(HealthCheckType.TCP)));
			awaitStatus(registry, "HEALTHY");
			update(registry, service, records, (change) -> {
			});
			awaitStatus(registry, "UNKNOWN");
			awaitSilence(server);
			awaitStatus(registry, "UNKNOWN");
		}
	}

	@Test
	void areUnhealthyWithoutPort() {
		try (TestRegistry registry = start()) {
			DnsRecord records = DnsRecord.builder().type(RecordType.A).ttl(1L).build();
			String service = createUncheckedService(registry, records);
			// This instance is older than the check of its service.
			registry.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "127.0.0.1"));
			update(registry, service, records,
					(change) -> change.healthCheckConfig((check) -> check.type(HealthCheckType.HTTP)));
			awaitStatus(registry, "UNHEALTHY");
		}
	}

	private static String createUncheckedService(TestRegistry registry, DnsRecord records) {
		String namespace = createPublicNamespace(registry);
		return registry.client()
			.createService((request) -> request.name("orders")
				.namespaceId(namespace)
				.dnsConfig((dns) -> dns.routingPolicy(RoutingPolicy.MULTIVALUE).dnsRecords(records)))
			.service()
			.id();
	}

	private static void update(TestRegistry registry, String service, DnsRecord records,
			Consumer<ServiceChange.Builder> change) {
		registry.client()
			.updateService((request) -> request.id(service)
				.service((builder) -> change.accept(builder.dnsConfig((dns) -> dns.dnsRecords(records)))));
	}

	private static List<String> addresses(TestRegistry registry) throws Exception {
		return registry.query("orders.corp.example.", Type.A)
			.getSection(Section.ANSWER)
			.stream()
			.map((answer) -> ((ARecord) answer).getAddress().getHostAddress())
			.toList();
	}

	@Test
	void areNotCheckedAfterDeregistration() throws Exception {
		try (TestRegistry registry = start(); ScriptedServer server = ScriptedServer.answering(WELL)) {
			String service = createService(registry, registry.createHttpNamespace("corp.example"),
					HealthCheckType.HTTP);
			registry.register(service, "one", at(server.port()));
			await().untilAsserted(() -> assertThat(server.requests()).isNotEmpty());
			registry.client().deregisterInstance((request) -> request.serviceId(service).instanceId("one"));
			awaitSilence(server);
		}
	}

	@Test
	void areNotCheckedAfterClose() throws Exception {
		// The server never answers, so that a check is running at close.
		try (ScriptedServer server = ScriptedServer.answering("")) {
			try (TestRegistry registry = start()) {
				String service = createService(registry, registry.createHttpNamespace("corp.example"),
						HealthCheckType.HTTP);
				registry.register(service, "one", at(server.port()));
				await().untilAsserted(() -> assertThat(server.requests()).isNotEmpty());
			}
			await().untilAsserted(() -> assertThat(server.connections()).isZero());
			awaitSilence(server);
		}
	}

	/**
	 * Requests that were running at close may still arrive, but no others.
	 */
	private static void awaitSilence(ScriptedServer server) {
		AtomicInteger known = new AtomicInteger(-1);
		await().during(Duration.ofMillis(500)).until(() -> {
			int now = server.requests().size();
			return known.getAndSet(now) == now;
		});
	}

	@Test
	void keepStatusAfterRestart(@TempDir Path directory) throws Exception {
		UnaryOperator<RegistryOptions> kept = (options) -> options.withDataDirectory(directory);
		try (ScriptedServer server = ScriptedServer.answering("HTTP/1.1 503 Unavailable\r\n\r\n")) {
			try (TestRegistry registry = start(kept)) {
				String service = createService(registry, registry.createHttpNamespace("corp.example"),
						HealthCheckType.HTTP);
				registry.register(service, "one", at(server.port()));
				awaitStatus(registry, "UNHEALTHY");
			}
			UnaryOperator<RegistryOptions> idle = (options) -> options.withDataDirectory(directory)
				.withCheckInterval(Duration.ofDays(1));
			try (TestRegistry registry = start(idle)) {
				assertThat(discover(registry, HealthStatusFilter.UNHEALTHY)).hasSize(1);
			}
		}
		try (TestRegistry registry = start(kept)) {
			int port = Integer
				.parseInt(discover(registry, HealthStatusFilter.ALL).get(0).attributes().get("AWS_INSTANCE_PORT"));
			try (ScriptedServer server = ScriptedServer.answering(WELL, port)) {
				awaitStatus(registry, "HEALTHY");
				assertThat(server.requests()).isNotEmpty();
			}
		}
	}

	@Test
	void shareThreads() throws Exception {
		try (TestRegistry registry = start(); ScriptedServer server = ScriptedServer.answering(WELL)) {
			String service = createService(registry, registry.createHttpNamespace("corp.example"),
					HealthCheckType.HTTP);
			for (int i = 0; i < 100; i++) {
				registry.register(service, "i" + i, at(server.port()));
			}
			await().untilAsserted(() -> assertThat(server.requests()).hasSizeGreaterThan(200));
			// The writer, the timer and two event loops for connections; DNS has its own.
			await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
				.filteredOn((thread) -> thread.getName().startsWith("registry-"))
				.filteredOn((thread) -> !thread.getName().startsWith("registry-dns-"))
				.hasSizeLessThanOrEqualTo(4));
			assertThat(discover(registry, HealthStatusFilter.HEALTHY)).hasSize(100);
		}
	}

	@Test
	void requireAddressAndPort() {
		try (TestRegistry registry = start()) {
			String service = createService(registry, registry.createHttpNamespace("corp.example"), HealthCheckType.TCP);
			assertThatExceptionOfType(InvalidInputException.class)
				.isThrownBy(() -> registry.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "127.0.0.1")))
				.withMessageContaining("AWS_INSTANCE_PORT");
			assertThatExceptionOfType(InvalidInputException.class)
				.isThrownBy(() -> registry.register(service, "one", Map.of("AWS_INSTANCE_PORT", "80")))
				.withMessageContaining("AWS_INSTANCE_IPV4 or AWS_INSTANCE_IPV6");
			registry.register(service, "one", Map.of("AWS_INSTANCE_IPV6", "::1", "AWS_INSTANCE_PORT", "80"));
		}
	}

	@Test
	void cannotReportHealth() {
		try (TestRegistry registry = start()) {
			String service = createService(registry, registry.createHttpNamespace("corp.example"), HealthCheckType.TCP);
			registry.register(service, "one", at(80));
			assertThatExceptionOfType(CustomHealthNotFoundException.class)
				.isThrownBy(() -> registry.client()
					.updateInstanceCustomHealthStatus((request) -> request.serviceId(service)
						.instanceId("one")
						.status(CustomHealthStatus.UNHEALTHY)));
		}
	}

}
