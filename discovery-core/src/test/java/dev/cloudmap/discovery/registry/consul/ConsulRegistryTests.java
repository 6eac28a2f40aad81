package dev.cloudmap.discovery.registry.consul;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.StringUtils;

import dev.cloudmap.discovery.AccessDeniedException;
import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.LookupFilter.Health;
import dev.cloudmap.discovery.registry.RecordingListener;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.testsupport.Ports;
import dev.cloudmap.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The adapter with an agent that answers what a test scripts.
 */
class ConsulRegistryTests {

	private static final Namespace NAMESPACE = new Namespace("service.consul");

	private static final ServiceName WORKER = new ServiceName(NAMESPACE, "worker");

	private final DiscoveryThreads threads = new DiscoveryThreads();

	private final ScriptedAgent agent = new ScriptedAgent();

	private final ConsulRegistry registry = registry(this.agent.uri(), "secret-token");

	ConsulRegistryTests() throws IOException {
	}

	@AfterEach
	void close() {
		this.registry.close();
		this.agent.close();
		this.threads.close();
	}

	private ConsulRegistry registry(URI uri, @Nullable String token) {
		ConsulSettings defaults = ConsulSettings.of(uri);
		return new ConsulRegistry(
				new ConsulSettings(uri, token, null, "consul", defaults.check(), defaults.checkInterval(), null,
						defaults.deregisterCriticalAfter(), defaults.consistency(), Duration.ofSeconds(1)),
				null, this.threads.timer(), this.threads.lookups(), this.threads.changes(),
				(service) -> service.name().equals("unported") ? 7000 : null);
	}

	private static String entry(String id, String node, String service, String... checks) {
		StringBuilder all = new StringBuilder();
		for (String check : checks) {
			String[] parts = StringUtils.split(check, "=");
			all.append(all.isEmpty() ? "" : ",")
				.append("{\"CheckID\":\"%s\",\"Status\":\"%s\"}".formatted(parts[0], parts[1]));
		}
		return "{\"Node\":{\"Node\":\"%s\",\"Address\":\"10.9.9.9\"},\"Service\":{\"ID\":\"%s\",%s},\"Checks\":[%s]}"
			.formatted(node, id, service, all);
	}

	private static String at(String address) {
		return "\"Address\":\"" + address + "\",\"Port\":80";
	}

	private static InstanceRegistration instance(Map<String, String> attributes) {
		return new InstanceRegistration(WORKER, "one", List.of("10.0.0.1"), OptionalInt.of(8080), attributes,
				new ServiceDefinition(Set.of(RecordType.A), Duration.ofSeconds(10)));
	}

	private List<Instance> discover(Health health) {
		return this.registry.discover(WORKER, new LookupFilter(Map.of(), Map.of(), health)).instances();
	}

	@Test
	void hasLeasesAndReportsChanges() {
		assertThat(this.registry.info().type()).isEqualTo("consul");
		assertThat(this.registry.info().can(Capability.LEASES)).isTrue();
		assertThat(this.registry.info().can(Capability.WATCH)).isTrue();
		assertThat(this.registry.knowsOtherApplications()).isTrue();
	}

	@Test
	void sendsTheTokenAndAllowsStaleAnswers() {
		this.registry.discover(WORKER);
		assertThat(this.agent.requests()).containsExactly("GET /v1/health/service/worker?stale token secret-token");
		this.registry.discover(new ServiceName(new Namespace("service.dc2.consul"), "worker"));
		assertThat(this.agent.requests()).last()
			.isEqualTo("GET /v1/health/service/worker?dc=dc2&stale token secret-token");
		assertThat(this.registry.calls().of("ListInstances").calls()).isEqualTo(2);
	}

	@Test
	void registersWithATtlCheck() {
		this.agent.answer(200, "");
		this.registry.register(instance(Map.of("discovery.lease", "12", "weight", "0", "bad--key", "x")));
		assertThat(this.agent.requests()).first()
			.asString()
			.startsWith("PUT /v1/agent/service/register token")
			.contains("\"ID\":\"worker:one\"", "\"Name\":\"worker\"", "\"TTL\":\"12000ms\"", "\"Status\":\"passing\"",
					"\"CheckID\":\"service:worker:one\"", "\"DeregisterCriticalServiceAfter\":\"60000ms\"",
					"\"discovery--lease\":\"12\"", "\"weight\":\"0\"")
			.doesNotContain("bad--key", "TaggedAddresses", "HTTP");
	}

	@Test
	void returnsAttributesThatConsulCanNotHold() {
		Map<String, String> attributes = Map.of("long", "x".repeat(600), "bad--key", "x");
		this.agent.answer(200, "{\"Address\":\"10.0.0.1\",\"Port\":8080,\"Meta\":null}");
		this.registry.register(instance(attributes));
		assertThat(this.registry.attributes(WORKER, "one")).contains(instance(attributes).allAttributes());
	}

	@Test
	void instanceWithoutCheckIsNotRegistered() {
		this.agent.answer(500, "CheckID \"service:worker:one\" does not have associated TTL");
		assertThatExceptionOfType(NotRegisteredException.class)
			.isThrownBy(() -> this.registry.reportHealth(WORKER, "one", HealthStatus.HEALTHY));
		this.agent.answer(404, "Unknown check ID \"service:worker:one\"");
		assertThatExceptionOfType(NotRegisteredException.class)
			.isThrownBy(() -> this.registry.reportHealth(WORKER, "one", HealthStatus.HEALTHY));
		assertThat(this.agent.requests()).first()
			.asString()
			.contains("PUT /v1/agent/check/update/service%3Aworker%3Aone", "\"Status\":\"passing\"");
	}

	@Nested
	class Instances {

		@Test
		void healthIsThatOfAllChecks() {
			answer(entry("worker:a", "n", at("10.0.0.1"), "serfHealth=passing", "service:a=passing"),
					entry("worker:b", "n", at("10.0.0.2"), "serfHealth=passing", "service:b=critical"),
					entry("worker:c", "n", at("10.0.0.3"), "serfHealth=critical"),
					entry("worker:d", "n", at("10.0.0.4"), "service:d=warning"),
					entry("worker:e", "n", at("10.0.0.5"), "_service_maintenance:e=critical"));
			assertThat(discover(Health.HEALTHY)).extracting(Instance::id).containsExactly("a", "d");
			assertThat(discover(Health.UNHEALTHY)).extracting(Instance::id).containsExactly("b", "c", "e");
			assertThat(discover(Health.ALL)).hasSize(5);
		}

		@Test
		void maintenanceIsNeverCalled() {
			answer(entry("worker:a", "n", at("10.0.0.1"), "service:a=critical"),
					entry("worker:b", "n", at("10.0.0.2"), "_node_maintenance=critical"));
			assertThat(discover(Health.HEALTHY_OR_ELSE_ALL)).extracting(Instance::id).containsExactly("a");
		}

		@Test
		void attributesFilter() {
			answer(entry("worker:a", "n", at("10.0.0.1") + ",\"Meta\":{\"stage\":\"blue\",\"zone\":\"1\"}"),
					entry("worker:b", "n", at("10.0.0.2") + ",\"Meta\":{\"stage\":\"blue\"}"),
					entry("worker:c", "n", at("10.0.0.3") + ",\"Meta\":{\"stage\":\"green\"}"));
			assertThat(filtered(Map.of("stage", "blue"), Map.of())).containsExactly("a", "b");
			assertThat(filtered(Map.of("stage", "blue"), Map.of("zone", "1"))).containsExactly("a");
			assertThat(filtered(Map.of("stage", "green"), Map.of("zone", "1"))).containsExactly("c");
			assertThat(filtered(Map.of("stage", "red"), Map.of())).isEmpty();
		}

		@Test
		void addressIsThatOfTheNodeWhereTheServiceHasNone() {
			answer(entry("x", "n", "\"Address\":\"\",\"Port\":80"),
					entry("y", "n", at("host.example") + ",\"Weights\":{\"Passing\":5,\"Warning\":1}"),
					entry("z", "n", at("fd00::1")));
			assertThat(discover(Health.ALL)).extracting(Instance::host)
				.containsExactly("10.9.9.9", "host.example", "fd00:0:0:0:0:0:0:1");
			assertThat(discover(Health.ALL).get(1).attributes()).containsEntry("weight", "5");
		}

		@Test
		void sameIdOnSeveralNodesIsSeveralInstances() {
			answer(entry("worker-8080", "n1", at("10.0.0.1")), entry("worker-8080", "n2", at("10.0.0.2")),
					entry("other", "n2", at("10.0.0.3")));
			assertThat(discover(Health.ALL)).extracting(Instance::id)
				.containsExactly("other", "worker-8080@n1", "worker-8080@n2");
		}

		@Test
		void unusableInstancesAreLeftOut() {
			answer(entry("a", "n", "\"Address\":\"not a host\",\"Port\":80"), entry("b", "n", "\"Port\":0"), "null",
					"17", "{}", entry("c", "n", at("10.0.0.1")));
			assertThat(discover(Health.ALL)).extracting(Instance::id).containsExactly("c");
		}

		@Test
		void portCanBeConfigured() {
			answer(entry("a", "n", "\"Address\":\"10.0.0.1\",\"Port\":0"));
			assertThat(ConsulRegistryTests.this.registry.discover(new ServiceName(NAMESPACE, "unported")).instances())
				.extracting(Instance::port)
				.containsExactly(7000);
		}

		private List<String> filtered(Map<String, String> query, Map<String, String> optional) {
			return ConsulRegistryTests.this.registry
				.discover(WORKER, new LookupFilter(query, optional, Health.HEALTHY_OR_ELSE_ALL))
				.instances()
				.stream()
				.map(Instance::id)
				.toList();
		}

		private void answer(String... entries) {
			ConsulRegistryTests.this.agent.answer(200, "[" + String.join(",", entries) + "]");
		}

	}

	@Nested
	class Failures {

		@ParameterizedTest
		@CsvSource({ "500, No cluster leader", "503, overloaded",
				"429, Your IP is issuing too many concurrent connections", "500, No path to datacenter" })
		void registryIsUnavailable(int status, String body) {
			ConsulRegistryTests.this.agent.answer(status, body);
			assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> discover(Health.ALL))
				.withMessageContaining("Consul at " + ConsulRegistryTests.this.agent.uri()
						+ " answered ListInstances with status " + status + ": " + body);
			assertThat(ConsulRegistryTests.this.registry.calls().of("ListInstances").failures()).isEqualTo(1);
		}

		@ParameterizedTest
		@CsvSource({ "403, Permission denied, service:write for the service", "403, '', service:write for the service",
				"403, ACL not found, correct discovery.consul.token",
				"500, rpc error: Permission denied, service:write" })
		void permissionIsMissing(int status, String body, String action) {
			ConsulRegistryTests.this.agent.answer(status, body);
			assertThatExceptionOfType(AccessDeniedException.class)
				.isThrownBy(() -> ConsulRegistryTests.this.registry.register(instance(Map.of())))
				.withMessageContaining(action)
				.withMessageNotContaining("secret-token");
		}

		@Test
		void everythingIsFilteredByPermissions() {
			ConsulRegistryTests.this.agent.answer(200, "[]", "X-Consul-Results-Filtered-By-Acls: true");
			assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> discover(Health.ALL))
				.withMessageContaining("service:read for the service and node:read");
		}

		@ParameterizedTest
		@CsvSource({ "200, <html>", "200, {}", "200, ''", "302, moved" })
		void isNotConsul(int status, String body) {
			ConsulRegistryTests.this.agent.answer(status, body);
			assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> discover(Health.ALL))
				.withMessageContaining("Set discovery.consul.host and .port to the HTTP API of a Consul agent");
		}

		@Test
		void nothingListens() {
			assertThatExceptionOfType(RegistryUnavailableException.class)
				.isThrownBy(() -> registry(URI.create("http://127.0.0.1:" + Ports.refusing()), null).discover(WORKER))
				.withMessageContaining("could not be reached for ListInstances")
				.withMessageContaining("Start a Consul agent there");
		}

		@Test
		void agentDoesNotAnswer() throws IOException {
			try (ScriptedServer silent = ScriptedServer.greeting("")) {
				assertThatExceptionOfType(RegistryUnavailableException.class)
					.isThrownBy(() -> registry(silent.uri(), null).discover(WORKER))
					.withMessageContaining("no answer within 1000 ms (discovery.consul.timeout)");
			}
		}

		@Test
		void bodyDoesNotEnd() throws IOException {
			try (ScriptedServer broken = ScriptedServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[")) {
				assertThatExceptionOfType(RegistryUnavailableException.class)
					.isThrownBy(() -> registry(broken.uri(), null).discover(WORKER))
					.withMessageContaining("no answer within 1000 ms");
			}
		}

		@Test
		void brokenConnectionIsReplacedOnce() throws IOException {
			try (ScriptedServer broken = ScriptedServer.closingAfter("")) {
				assertThatExceptionOfType(RegistryUnavailableException.class)
					.isThrownBy(() -> registry(broken.uri(), null).register(instance(Map.of())));
				assertThat(broken.requests()).hasSizeBetween(2, 4);
			}
		}

		@Test
		void namespaceIsNotOneOfConsul() {
			assertThatExceptionOfType(DiscoveryException.class).isThrownBy(
					() -> ConsulRegistryTests.this.registry.discover(new ServiceName(new Namespace("corp"), "worker")))
				.withMessageContaining("expected service.consul or service.<datacenter>.consul")
				.withMessageContaining("discovery.namespace");
			assertThat(ConsulRegistryTests.this.registry.watch(new Namespace("corp"), new RecordingListener()))
				.isSameAs(Watch.NEVER);
		}

	}

	@Nested
	class Watching {

		private final RecordingListener changes = new RecordingListener();

		@Test
		void answersFromMemoryWhileChangesAreReported() {
			answer(17, "a");
			Watch watch = follow();
			await().until(() -> this.changes.events.equals(List.of("open", "worker")));
			assertThat(discover(Health.ALL)).extracting(Instance::id).containsExactly("a");
			await().until(() -> ConsulRegistryTests.this.agent.requests()
				.contains("GET /v1/health/service/worker?stale&index=17&wait=55s token secret-token"));
			ConsulRegistryTests.this.agent.release();
			await().until(() -> ConsulRegistryTests.this.agent.requests().size() == 3);
			assertThat(this.changes.events).containsExactly("open", "worker");
			answer(18, "b");
			ConsulRegistryTests.this.agent.release();
			await().until(() -> this.changes.events.size() == 3);
			assertThat(discover(Health.ALL)).extracting(Instance::id).containsExactly("b");
			assertThat(ConsulRegistryTests.this.registry.calls().of("ListInstances").calls()).isZero();
			watch.close();
			assertThat(watch.isLive("worker")).isFalse();
		}

		@Test
		void keepsTheLastInstancesWithoutALeader() {
			answer(17, "a");
			Watch watch = follow();
			await().until(() -> watch.isLive("worker"));
			await().until(() -> ConsulRegistryTests.this.agent.requests().size() == 2);
			ConsulRegistryTests.this.agent.answer(200, "[" + entry("b", "n", at("10.0.0.2")) + "]",
					"X-Consul-Index: 18", "X-Consul-Knownleader: false");
			ConsulRegistryTests.this.agent.release();
			await().until(() -> this.changes.events.contains("lost"));
			assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> discover(Health.ALL))
				.withMessageContaining("without a cluster leader");
			answer(19, "a");
			await().until(() -> watch.isLive("worker"));
			assertThat(this.changes.events).containsExactly("open", "worker", "lost", "open", "worker");
			watch.close();
		}

		@Test
		void firstLookupWithoutALeaderIsUsedUnlessItIsEmpty() {
			ConsulRegistryTests.this.agent.answer(200, "[" + entry("b", "n", at("10.0.0.2")) + "]",
					"X-Consul-Knownleader: false");
			assertThat(discover(Health.ALL)).hasSize(1);
			ConsulRegistryTests.this.agent.answer(200, "[]", "X-Consul-Knownleader: false");
			assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> discover(Health.ALL));
		}

		@Test
		void sameNameInAnotherDatacenterIsAnotherService() {
			answer(17, "a");
			Watch watch = follow();
			await().until(() -> watch.isLive("worker"));
			answer(17, "b");
			ServiceName other = new ServiceName(new Namespace("service.dc2.consul"), "worker");
			assertThat(ConsulRegistryTests.this.registry.discover(other).instances()).extracting(Instance::id)
				.containsExactly("b");
			assertThat(ConsulRegistryTests.this.registry.calls().of("ListInstances").calls()).isEqualTo(1);
			watch.close();
		}

		@Test
		void missingPermissionIsNotAnEmptyList() {
			ConsulRegistryTests.this.agent.answer(200, "[]", "X-Consul-Index: 17",
					"X-Consul-Results-Filtered-By-Acls: true");
			Watch watch = follow();
			await().until(() -> ConsulRegistryTests.this.registry.calls().of("Watch").calls() > 0);
			assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> discover(Health.ALL));
			assertThat(watch.isLive("worker")).isFalse();
			watch.close();
		}

		@Test
		void looksUpDirectlyWhileNoChangesAreReported() {
			ConsulRegistryTests.this.agent.answer(500, "No cluster leader");
			Watch watch = follow();
			await().until(() -> !ConsulRegistryTests.this.agent.requests().isEmpty());
			answer(17, "a");
			assertThat(discover(Health.ALL)).extracting(Instance::id).containsExactly("a");
			await().until(() -> watch.isLive("worker"));
			watch.unfollow("worker");
			assertThat(watch.isLive()).isFalse();
		}

		private Watch follow() {
			Watch watch = ConsulRegistryTests.this.registry.watch(NAMESPACE, this.changes);
			watch.follow("worker");
			return watch;
		}

		private void answer(int index, String id) {
			ConsulRegistryTests.this.agent.answer(200, "[" + entry(id, "n", at("10.0.0.1")) + "]",
					"X-Consul-Index: " + index, "X-Consul-Knownleader: true");
		}

	}

}
