package dev.cloudmap.registry.contract;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.CustomHealthStatus;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesResponse;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatus;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatusFilter;
import software.amazon.awssdk.services.servicediscovery.model.HttpInstanceSummary;
import software.amazon.awssdk.services.servicediscovery.model.Namespace;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.servicediscovery.model.ServiceNotFoundException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Discovery of instances by name.
 */
class DiscoveryContractTests {

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	private static final Map<String, String> UNHEALTHY = Map.of("AWS_INIT_HEALTH_STATUS", "UNHEALTHY");

	private static ServiceDiscoveryClient client() {
		return cloudMap.client();
	}

	private static List<String> ids(DiscoverInstancesResponse response) {
		return response.instances().stream().map(HttpInstanceSummary::instanceId).toList();
	}

	private static List<String> discover(Service service, HealthStatusFilter filter) {
		return ids(cloudMap.discover(service, (request) -> request.healthStatus(filter)));
	}

	private static List<String> discover(Service service, Map<String, String> query, Map<String, String> optional) {
		return ids(cloudMap.discover(service,
				(request) -> request.healthStatus(HealthStatusFilter.ALL)
					.queryParameters(query)
					.optionalParameters(optional)));
	}

	private static long revision(Service service) {
		return client()
			.discoverInstancesRevision(
					(request) -> request.namespaceName(cloudMap.httpNamespace().name()).serviceName(service.name()))
			.instancesRevision();
	}

	@Test
	void returnsAllDataOfInstances() {
		Service service = cloudMap.createHttpService();
		Map<String, String> attributes = Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_PORT", "8080", "color",
				"blue");
		cloudMap.register(service, "one", attributes);
		cloudMap.eventually(() -> {
			DiscoverInstancesResponse response = cloudMap.discover(service,
					(request) -> request.healthStatus(HealthStatusFilter.ALL));
			assertThat(response.instances()).hasSize(1);
			HttpInstanceSummary instance = response.instances().get(0);
			assertThat(instance.instanceId()).isEqualTo("one");
			assertThat(instance.namespaceName()).isEqualTo(cloudMap.httpNamespace().name());
			assertThat(instance.serviceName()).isEqualTo(service.name());
			assertThat(instance.healthStatus()).isEqualTo(HealthStatus.HEALTHY);
			assertThat(instance.attributes()).isEqualTo(attributes);
			assertThat(response.instancesRevision()).isNotNull();
		});
	}

	@Test
	void repeatedRequestsReturnEachChange() {
		Service service = cloudMap.createHttpService();
		for (String color : List.of("blue", "red")) {
			cloudMap.register(service, "one", Map.of("color", color));
			cloudMap.eventually(() -> assertThat(cloudMap.discover(service, (request) -> {
			}).instances()).extracting((instance) -> instance.attributes().get("color")).containsExactly(color));
		}
		client().updateInstanceCustomHealthStatus(
				(request) -> request.serviceId(service.id()).instanceId("one").status("UNHEALTHY"));
		cloudMap.eventually(() -> assertThat(discover(service, HealthStatusFilter.HEALTHY)).isEmpty());
	}

	@Test
	void findsInstancesOfDnsNamespaces() {
		Namespace namespace = cloudMap.dnsNamespace();
		Service service = cloudMap.createDnsService(RoutingPolicy.MULTIVALUE, RecordType.A);
		cloudMap.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		cloudMap.eventually(() -> assertThat(ids(client()
			.discoverInstances((request) -> request.namespaceName(namespace.properties().httpProperties().httpName())
				.serviceName(service.name()))))
			.containsExactly("one"));
		cloudMap.deregister(service, "one");
	}

	@Test
	void findsInstancesByHttpNameOfNamespace() {
		Namespace dns = cloudMap.dnsNamespace();
		Namespace http = cloudMap
			.namespaceOf(client().createHttpNamespace((request) -> request.name(dns.name())).operationId());
		String name = cloudMap.uniqueName();
		for (Namespace namespace : List.of(dns, http)) {
			Service service = cloudMap.createService(namespace,
					(request) -> request.name(name).type(namespace.typeAsString().equals("HTTP") ? null : "HTTP"));
			cloudMap.register(service, "in-" + namespace.typeAsString(), Map.of());
		}
		for (Namespace namespace : List.of(dns, http)) {
			cloudMap.eventually(() -> assertThat(ids(client().discoverInstances(
					(request) -> request.namespaceName(namespace.properties().httpProperties().httpName())
						.serviceName(name))))
				.containsExactly("in-" + namespace.typeAsString()));
		}
	}

	@Test
	void rejectsUnknownNames() {
		Service service = cloudMap.createHttpService();
		String namespace = cloudMap.httpNamespace().name();
		String unknown = cloudMap.uniqueName();
		assertThatExceptionOfType(NamespaceNotFoundException.class).isThrownBy(() -> client()
			.discoverInstances((request) -> request.namespaceName(unknown).serviceName(service.name())));
		assertThatExceptionOfType(ServiceNotFoundException.class).isThrownBy(
				() -> client().discoverInstances((request) -> request.namespaceName(namespace).serviceName(unknown)));
		assertThatExceptionOfType(NamespaceNotFoundException.class).isThrownBy(() -> client()
			.discoverInstancesRevision((request) -> request.namespaceName(unknown).serviceName(service.name())));
		assertThatExceptionOfType(ServiceNotFoundException.class).isThrownBy(() -> client()
			.discoverInstancesRevision((request) -> request.namespaceName(namespace).serviceName(unknown)));
	}

	@Test
	void returnsEmptyListWithoutInstances() {
		Service service = cloudMap.createHttpService();
		cloudMap.eventually(() -> assertThat(discover(service, HealthStatusFilter.ALL)).isEmpty());
	}

	@Test
	void filtersByHealth() {
		Service service = cloudMap.createHttpService();
		cloudMap.register(service, "up", Map.of());
		cloudMap.register(service, "down", UNHEALTHY);
		cloudMap.eventually(() -> {
			assertThat(discover(service, HealthStatusFilter.ALL)).containsExactlyInAnyOrder("up", "down");
			assertThat(discover(service, HealthStatusFilter.HEALTHY)).containsExactly("up");
			assertThat(discover(service, HealthStatusFilter.UNHEALTHY)).containsExactly("down");
			assertThat(discover(service, HealthStatusFilter.HEALTHY_OR_ELSE_ALL)).containsExactly("up");
			// The guide documents the default, the API reference does not.
			assertThat(discover(service, (HealthStatusFilter) null)).contains("up");
		});
		assertThat(
				cloudMap.discover(service, (request) -> request.healthStatus(HealthStatusFilter.UNHEALTHY)).instances())
			.extracting(HttpInstanceSummary::healthStatus)
			.containsExactly(HealthStatus.UNHEALTHY);
	}

	@Test
	void failsOpenWithoutHealthyInstances() {
		Service service = cloudMap.createHttpService();
		cloudMap.registerAll(service, List.of("one", "two"), UNHEALTHY);
		cloudMap.eventually(() -> {
			assertThat(discover(service, HealthStatusFilter.HEALTHY_OR_ELSE_ALL)).containsExactlyInAnyOrder("one",
					"two");
			assertThat(discover(service, HealthStatusFilter.HEALTHY)).isEmpty();
		});
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "UNKNOWN_TO_SDK_VERSION")
	void ignoresHealthFilterWithoutCheck(HealthStatusFilter filter) {
		Service service = cloudMap.createService(cloudMap.httpNamespace(), (request) -> {
		});
		cloudMap.registerAll(service, List.of("one", "two"), Map.of());
		cloudMap.eventually(
				() -> assertThat(cloudMap.discover(service, (request) -> request.healthStatus(filter)).instances())
					.hasSize(2)
					.extracting(HttpInstanceSummary::healthStatus)
					.containsOnly(HealthStatus.UNKNOWN));
	}

	@Test
	void filtersByAttributes() {
		Service service = cloudMap.createHttpService();
		cloudMap.register(service, "a1", Map.of("zone", "a", "color", "blue"));
		cloudMap.register(service, "b1", Map.of("zone", "b", "color", "blue"));
		cloudMap.register(service, "b2", Map.of("zone", "b", "color", "green"));
		Map<String, String> none = Map.of();
		cloudMap.eventually(() -> assertThat(discover(service, none, none)).hasSize(3));
		assertThat(discover(service, Map.of("color", "blue"), none)).containsExactlyInAnyOrder("a1", "b1");
		assertThat(discover(service, Map.of("color", "blue", "zone", "b"), none)).containsExactly("b1");
		assertThat(discover(service, Map.of("color", "red"), none)).isEmpty();
		assertThat(discover(service, Map.of("size", "small"), none)).isEmpty();
		assertThat(discover(service, Map.of("color", "blue"), Map.of("zone", "a"))).containsExactly("a1");
		assertThat(discover(service, Map.of("color", "green"), Map.of("zone", "a"))).containsExactly("b2");
		assertThat(discover(service, Map.of("color", "red"), Map.of("zone", "a"))).isEmpty();
		assertThat(discover(service, none, Map.of("zone", "b"))).containsExactlyInAnyOrder("b1", "b2");
		assertThat(discover(service, none, Map.of("zone", "c"))).hasSize(3);
	}

	@Test
	void filtersByReservedAttributes() {
		Service service = cloudMap.createHttpService();
		cloudMap.register(service, "one", Map.of("AWS_INSTANCE_PORT", "8080"));
		cloudMap.register(service, "two", Map.of("AWS_INSTANCE_PORT", "8081"));
		cloudMap.eventually(() -> assertThat(discover(service, Map.of("AWS_INSTANCE_PORT", "8081"), Map.of()))
			.containsExactly("two"));
	}

	@Test
	void combinesHealthAndAttributes() {
		Service service = cloudMap.createHttpService();
		cloudMap.register(service, "up", Map.of("color", "blue"));
		cloudMap.register(service, "down", Map.of("color", "blue", "AWS_INIT_HEALTH_STATUS", "UNHEALTHY"));
		cloudMap.register(service, "other", Map.of("color", "green"));
		cloudMap.eventually(() -> {
			assertThat(ids(cloudMap.discover(service, (request) -> request.healthStatus(HealthStatusFilter.HEALTHY)
				.queryParameters(Map.of("color", "blue"))))).containsExactly("up");
			assertThat(
					ids(cloudMap
						.discover(service,
								(request) -> request.healthStatus(HealthStatusFilter.ALL)
									.queryParameters(Map.of("color", "blue")))))
				.containsExactlyInAnyOrder("up", "down");
		});
	}

	@Test
	void limitsResults() {
		Service service = cloudMap.createHttpService();
		List<String> instances = List.of("one", "two", "three", "four", "five");
		cloudMap.registerAll(service, instances, Map.of());
		cloudMap.eventually(() -> assertThat(discover(service, HealthStatusFilter.ALL))
			.containsExactlyInAnyOrderElementsOf(instances));
		assertThat(ids(cloudMap.discover(service, (request) -> request.maxResults(2)))).hasSize(2)
			.doesNotHaveDuplicates()
			.isSubsetOf(instances);
		assertThat(ids(cloudMap.discover(service, (request) -> request.maxResults(1000)))).hasSize(5);
	}

	@Test
	void findsInstancesInAnyOrder() {
		Service service = cloudMap.createHttpService();
		cloudMap.registerAll(service, List.of("one", "two", "three", "four", "five"), Map.of());
		cloudMap.eventually(() -> assertThat(discover(service, HealthStatusFilter.ALL)).hasSize(5));
		List<String> order = discover(service, HealthStatusFilter.ALL);
		cloudMap.eventually(() -> assertThat(discover(service, HealthStatusFilter.ALL)).hasSize(5).isNotEqualTo(order));
	}

	@Test
	void returnsHundredInstancesByDefault() {
		Service service = cloudMap.createHttpService();
		cloudMap.registerAll(service, IntStream.range(0, 101).mapToObj((number) -> "i" + number).toList(), Map.of());
		cloudMap.eventually(
				() -> assertThat(ids(cloudMap.discover(service, (request) -> request.maxResults(1000)))).hasSize(101)
					.doesNotHaveDuplicates());
		assertThat(discover(service, HealthStatusFilter.ALL)).hasSize(100).doesNotHaveDuplicates();
	}

	@Test
	void countsRegistrationsAndDeregistrations() {
		Service service = cloudMap.createHttpService();
		cloudMap.register(service, "one", Map.of());
		cloudMap.eventually(() -> assertThat(discover(service, HealthStatusFilter.ALL)).hasSize(1));
		long registered = revision(service);
		cloudMap.register(service, "two", Map.of());
		cloudMap.eventually(() -> assertThat(revision(service)).isGreaterThan(registered));
		long another = revision(service);
		cloudMap.register(service, "one", Map.of("color", "blue"));
		cloudMap.eventually(() -> assertThat(revision(service)).isGreaterThan(another));
		long again = revision(service);
		cloudMap.deregister(service, "two");
		cloudMap.eventually(() -> assertThat(revision(service)).isGreaterThan(again));
		cloudMap.eventually(() -> assertThat(cloudMap.discover(service, (request) -> {
		}).instancesRevision()).isEqualTo(revision(service)));
	}

	@Test
	void healthChangeKeepsRevision() {
		Service service = cloudMap.createHttpService();
		cloudMap.register(service, "one", Map.of());
		cloudMap.eventually(() -> assertThat(discover(service, HealthStatusFilter.HEALTHY)).containsExactly("one"));
		long revision = revision(service);
		client().updateInstanceCustomHealthStatus(
				(request) -> request.serviceId(service.id()).instanceId("one").status(CustomHealthStatus.UNHEALTHY));
		cloudMap.eventually(() -> assertThat(discover(service, HealthStatusFilter.UNHEALTHY)).containsExactly("one"));
		assertThat(revision(service)).isEqualTo(revision);
	}

	@Test
	void countsRevisionsPerService() {
		Service service = cloudMap.createHttpService();
		Service other = cloudMap.createHttpService();
		cloudMap.register(service, "one", Map.of());
		cloudMap.eventually(() -> assertThat(discover(service, HealthStatusFilter.ALL)).hasSize(1));
		long revision = revision(service);
		cloudMap.register(other, "one", Map.of());
		cloudMap.eventually(() -> assertThat(discover(other, HealthStatusFilter.ALL)).hasSize(1));
		assertThat(revision(service)).isEqualTo(revision);
	}

	@Test
	void findsInstancesByOwnerAccount() {
		Service service = cloudMap.createHttpService();
		String owner = cloudMap.httpNamespace().resourceOwner();
		cloudMap.register(service, "one", Map.of());
		cloudMap.eventually(() -> {
			DiscoverInstancesResponse response = cloudMap.discover(service, (request) -> request.ownerAccount(owner));
			assertThat(ids(response)).containsExactly("one");
			assertThat(client()
				.discoverInstancesRevision((request) -> request.namespaceName(cloudMap.httpNamespace().name())
					.serviceName(service.name())
					.ownerAccount(owner))
				.instancesRevision()).isEqualTo(response.instancesRevision());
		});
	}

	@Test
	void doesNotReturnDeregisteredInstance() {
		Service service = cloudMap.createHttpService();
		cloudMap.registerAll(service, List.of("one", "two"), Map.of());
		cloudMap.deregister(service, "one");
		cloudMap.eventually(() -> assertThat(discover(service, HealthStatusFilter.ALL)).containsExactly("two"));
	}

	@Test
	void rejectsDeletedService() {
		Service service = cloudMap.createHttpService();
		cloudMap.eventually(() -> assertThat(discover(service, HealthStatusFilter.ALL)).isEmpty());
		client().deleteService((request) -> request.id(service.id()));
		cloudMap.eventually(() -> {
			assertThatExceptionOfType(ServiceNotFoundException.class)
				.isThrownBy(() -> discover(service, HealthStatusFilter.ALL));
			assertThatExceptionOfType(ServiceNotFoundException.class).isThrownBy(() -> revision(service));
		});
	}

}
