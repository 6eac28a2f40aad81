package dev.cloudmap.registry.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.CustomHealthNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.CustomHealthStatus;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesResponse;
import software.amazon.awssdk.services.servicediscovery.model.DnsRecord;
import software.amazon.awssdk.services.servicediscovery.model.FilterCondition;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatus;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatusFilter;
import software.amazon.awssdk.services.servicediscovery.model.HttpInstanceSummary;
import software.amazon.awssdk.services.servicediscovery.model.InstanceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.Namespace;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceAlreadyExistsException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilter;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilterName;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceType;
import software.amazon.awssdk.services.servicediscovery.model.Operation;
import software.amazon.awssdk.services.servicediscovery.model.OperationNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.OperationStatus;
import software.amazon.awssdk.services.servicediscovery.model.OperationTargetType;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.servicediscovery.model.ServiceAlreadyExistsException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilter;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilterName;
import software.amazon.awssdk.services.servicediscovery.model.ServiceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceType;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The API as the unmodified AWS SDK sees it.
 */
class ContractTests {

	private TestRegistry registry;

	private ServiceDiscoveryClient client;

	@BeforeEach
	void start() {
		this.registry = TestRegistry.start();
		this.client = this.registry.client();
	}

	@AfterEach
	void stop() {
		this.registry.close();
	}

	@Test
	void createsHttpNamespace() {
		String operationId = this.client
			.createHttpNamespace((request) -> request.name("corp").description("ours").creatorRequestId("r1"))
			.operationId();
		Operation operation = this.client.getOperation((request) -> request.operationId(operationId)).operation();
		assertThat(operation.status()).isEqualTo(OperationStatus.SUCCESS);
		assertThat(operation.id()).matches("[a-z0-9]{32}-[a-z0-9]{8}");
		String id = operation.targets().get(OperationTargetType.NAMESPACE);
		Namespace namespace = this.client.getNamespace((request) -> request.id(id)).namespace();
		assertThat(namespace.id()).matches("ns-[a-z0-9]{16}");
		assertThat(namespace.arn()).isEqualTo("arn:aws:servicediscovery:eu-west-1:000000000000:namespace/" + id);
		assertThat(namespace.name()).isEqualTo("corp");
		assertThat(namespace.type()).isEqualTo(NamespaceType.HTTP);
		assertThat(namespace.description()).isEqualTo("ours");
		assertThat(namespace.serviceCount()).isZero();
		assertThat(namespace.properties().httpProperties().httpName()).isEqualTo("corp");
		assertThat(namespace.creatorRequestId()).isEqualTo("r1");
		assertThat(namespace.createDate()).isNotNull();
	}

	@Test
	void createsDnsNamespaces() {
		String id = this.registry.createDnsNamespace("corp.local");
		Namespace namespace = this.client.getNamespace((request) -> request.id(id)).namespace();
		assertThat(namespace.type()).isEqualTo(NamespaceType.DNS_PRIVATE);
		assertThat(namespace.properties().dnsProperties().hostedZoneId()).startsWith("Z");
		assertThat(namespace.properties().dnsProperties().soa().ttl()).isPositive();
		this.client.createPublicDnsNamespace((request) -> request.name("example.com")
			.properties((properties) -> properties.dnsProperties((dns) -> dns.soa((soa) -> soa.ttl(42L)))));
		assertThat(namespaces(100, null)).extracting(NamespaceSummary::typeAsString)
			.containsExactlyInAnyOrder("DNS_PRIVATE", "DNS_PUBLIC");
	}

	@Test
	void answersARepeatedRequestWithItsFirstOperation() {
		String first = this.client.createHttpNamespace((request) -> request.name("corp").creatorRequestId("r1"))
			.operationId();
		String second = this.client.createHttpNamespace((request) -> request.name("corp").creatorRequestId("r1"))
			.operationId();
		assertThat(second).isEqualTo(first);
	}

	@Test
	void refusesASecondNamespaceOfTheSameName() {
		String id = this.registry.createDnsNamespace("corp.local");
		assertThatExceptionOfType(NamespaceAlreadyExistsException.class)
			.isThrownBy(() -> this.registry.createDnsNamespace("CORP.local"))
			.satisfies((ex) -> assertThat(ex.namespaceId()).isEqualTo(id))
			.satisfies((ex) -> assertThat(ex.creatorRequestId()).isNotEmpty());
	}

	@Test
	void givesTheSecondNamespaceOfANameAnotherHttpName() {
		this.registry.createDnsNamespace("corp.local");
		String id = this.registry.createHttpNamespace("corp.local");
		assertThat(this.client.getNamespace((request) -> request.id(id))
			.namespace()
			.properties()
			.httpProperties()
			.httpName()).startsWith("corp.local-");
	}

	@Test
	void filtersAndPagesNamespaces() {
		for (int i = 0; i < 7; i++) {
			this.registry.createHttpNamespace("team-" + i);
		}
		this.registry.createDnsNamespace("corp.local");
		assertThat(namespaces(3, null)).hasSize(8);
		assertThat(
				namespaces(2, filter(NamespaceFilterName.NAME, "team-").condition(FilterCondition.BEGINS_WITH).build()))
			.hasSize(7);
		assertThat(namespaces(100, filter(NamespaceFilterName.TYPE, "DNS_PRIVATE").build()))
			.extracting(NamespaceSummary::name)
			.containsExactly("corp.local");
		assertThat(namespaces(100, filter(NamespaceFilterName.HTTP_NAME, "team-3").build()))
			.extracting(NamespaceSummary::name)
			.containsExactly("team-3");
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> this.client.listNamespaces((request) -> request.nextToken("nonsense")))
			.withMessageContaining("NextToken");
	}

	private List<NamespaceSummary> namespaces(int maxResults, NamespaceFilter filter) {
		return this.client
			.listNamespacesPaginator(
					(request) -> request.maxResults(maxResults).filters((filter != null) ? List.of(filter) : List.of()))
			.stream()
			.flatMap((page) -> page.namespaces().stream())
			.toList();
	}

	private static NamespaceFilter.Builder filter(NamespaceFilterName name, String value) {
		return NamespaceFilter.builder().name(name).values(value);
	}

	@Test
	void createsServices() {
		String namespace = this.registry.createDnsNamespace("corp.local");
		String id = this.registry.createDnsService(namespace, "worker", RoutingPolicy.MULTIVALUE, RecordType.A,
				RecordType.SRV);
		Service service = this.client.getService((request) -> request.id(id)).service();
		assertThat(service.id()).matches("srv-[a-z0-9]{16}");
		assertThat(service.arn()).endsWith(":service/" + id);
		assertThat(service.namespaceId()).isEqualTo(namespace);
		assertThat(service.type()).isEqualTo(ServiceType.DNS_HTTP);
		assertThat(service.dnsConfig().routingPolicy()).isEqualTo(RoutingPolicy.MULTIVALUE);
		assertThat(service.dnsConfig().dnsRecords()).extracting(DnsRecord::type)
			.containsExactly(RecordType.A, RecordType.SRV);
		assertThat(service.healthCheckCustomConfig()).isNotNull();
		assertThat(this.client.getService((request) -> request.id(service.arn())).service().id()).isEqualTo(id);
		String other = this.registry.createHttpNamespace("other");
		this.registry.createHttpService(other, "api");
		ServiceFilter filter = ServiceFilter.builder().name(ServiceFilterName.NAMESPACE_ID).values(namespace).build();
		assertThat(this.client.listServicesPaginator((request) -> request.maxResults(1).filters(List.of(filter)))
			.stream()
			.flatMap((page) -> page.services().stream())).extracting("name").containsExactly("worker");
	}

	@Test
	void refusesServicesThatMakeNoSense() {
		String http = this.registry.createHttpNamespace("http");
		String dns = this.registry.createDnsNamespace("corp.local");
		refused(() -> this.registry.createDnsService(http, "worker", RoutingPolicy.MULTIVALUE, RecordType.A),
				"HTTP namespace");
		refused(() -> this.registry.createHttpService(dns, "worker"), "DnsConfig");
		refused(() -> this.registry.createDnsService(dns, "worker", RoutingPolicy.MULTIVALUE, RecordType.CNAME),
				"WEIGHTED");
		refused(() -> this.registry.createDnsService(dns, "worker", RoutingPolicy.WEIGHTED, RecordType.CNAME,
				RecordType.A), "DnsRecords");
		refused(() -> this.registry.createDnsService(dns, "-bad-", RoutingPolicy.WEIGHTED, RecordType.A), "Name");
		this.registry.createDnsService(dns, "worker", RoutingPolicy.MULTIVALUE, RecordType.SRV);
		assertThatExceptionOfType(ServiceAlreadyExistsException.class)
			.isThrownBy(() -> this.registry.createDnsService(dns, "WORKER", RoutingPolicy.MULTIVALUE, RecordType.SRV))
			.satisfies((ex) -> assertThat(ex.serviceId()).startsWith("srv-"))
			.satisfies((ex) -> assertThat(ex.serviceArn()).startsWith("arn:"));
		this.registry.createHttpService(http, "worker");
		this.registry.createHttpService(http, "WORKER");
		assertThatExceptionOfType(NamespaceNotFoundException.class)
			.isThrownBy(() -> this.registry.createHttpService("ns-none", "worker"));
	}

	private static void refused(Runnable request, String message) {
		assertThatExceptionOfType(InvalidInputException.class).isThrownBy(request::run).withMessageContaining(message);
	}

	@Test
	void registersAndDeregistersInstances() {
		String service = this.registry.createHttpService(this.registry.createHttpNamespace("corp"), "worker");
		String operation = this.client
			.registerInstance((request) -> request.serviceId(service)
				.instanceId("i/1:a@b.c")
				.attributes(Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "color", "blue")))
			.operationId();
		assertThat(this.client.getOperation((request) -> request.operationId(operation)).operation().targets())
			.containsEntry(OperationTargetType.INSTANCE, "i/1:a@b.c")
			.containsEntry(OperationTargetType.SERVICE, service);
		assertThat(this.client.getInstance((request) -> request.serviceId(service).instanceId("i/1:a@b.c"))
			.instance()
			.attributes()).containsEntry("color", "blue");
		this.registry.register(service, "i/1:a@b.c", Map.of("AWS_INSTANCE_IPV4", "10.0.0.2"));
		assertThat(this.client.getInstance((request) -> request.serviceId(service).instanceId("i/1:a@b.c"))
			.instance()
			.attributes()).containsExactly(Map.entry("AWS_INSTANCE_IPV4", "10.0.0.2"));
		this.client.deregisterInstance((request) -> request.serviceId(service).instanceId("i/1:a@b.c"));
		assertThatExceptionOfType(InstanceNotFoundException.class).isThrownBy(
				() -> this.client.deregisterInstance((request) -> request.serviceId(service).instanceId("i/1:a@b.c")));
		assertThatExceptionOfType(ServiceNotFoundException.class)
			.isThrownBy(() -> this.registry.register("srv-none", "i", Map.of()));
		assertThatExceptionOfType(OperationNotFoundException.class)
			.isThrownBy(() -> this.client.getOperation((request) -> request.operationId("none")));
	}

	@Test
	void pagesInstances() {
		String service = this.registry.createHttpService(this.registry.createHttpNamespace("corp"), "worker");
		List<String> ids = new ArrayList<>();
		for (int i = 0; i < 25; i++) {
			ids.add("i-" + i);
			this.registry.register(service, "i-" + i, Map.of());
		}
		assertThat(this.client.listInstancesPaginator((request) -> request.serviceId(service).maxResults(10))
			.stream()
			.flatMap((page) -> page.instances().stream())).extracting("id").containsExactlyInAnyOrderElementsOf(ids);
	}

	@Test
	void discoversByHealth() {
		String service = this.registry.createHttpService(this.registry.createHttpNamespace("corp"), "worker");
		this.registry.register(service, "up", Map.of());
		this.registry.register(service, "down", Map.of("AWS_INIT_HEALTH_STATUS", "UNHEALTHY"));
		assertThat(ids(discover(null))).containsExactly("up");
		assertThat(ids(discover(HealthStatusFilter.HEALTHY))).containsExactly("up");
		assertThat(ids(discover(HealthStatusFilter.UNHEALTHY))).containsExactly("down");
		assertThat(ids(discover(HealthStatusFilter.ALL))).containsExactlyInAnyOrder("up", "down");
		assertThat(ids(discover(HealthStatusFilter.HEALTHY_OR_ELSE_ALL))).containsExactly("up");
		long revision = discover(null).instancesRevision();
		this.client.updateInstanceCustomHealthStatus(
				(request) -> request.serviceId(service).instanceId("up").status(CustomHealthStatus.UNHEALTHY));
		assertThat(ids(discover(HealthStatusFilter.HEALTHY))).isEmpty();
		assertThat(ids(discover(HealthStatusFilter.HEALTHY_OR_ELSE_ALL))).containsExactlyInAnyOrder("up", "down");
		assertThat(discover(null).instancesRevision()).isEqualTo(revision);
		this.registry.register(service, "up", Map.of());
		assertThat(discover(null).instancesRevision()).isGreaterThan(revision)
			.isEqualTo(this.client
				.discoverInstancesRevision((request) -> request.namespaceName("corp").serviceName("worker"))
				.instancesRevision());
	}

	private DiscoverInstancesResponse discover(HealthStatusFilter filter) {
		return this.client
			.discoverInstances((request) -> request.namespaceName("corp").serviceName("worker").healthStatus(filter));
	}

	private static List<String> ids(DiscoverInstancesResponse response) {
		return response.instances().stream().map(HttpInstanceSummary::instanceId).toList();
	}

	@Test
	void discoversByAttributes() {
		String service = this.registry.createHttpService(this.registry.createHttpNamespace("corp"), "worker");
		this.registry.register(service, "a1", Map.of("zone", "a", "color", "blue"));
		this.registry.register(service, "b1", Map.of("zone", "b", "color", "blue"));
		this.registry.register(service, "b2", Map.of("zone", "b", "color", "green"));
		assertThat(ids(this.client.discoverInstances((request) -> request.namespaceName("corp")
			.serviceName("worker")
			.queryParameters(Map.of("color", "blue"))))).containsExactlyInAnyOrder("a1", "b1");
		assertThat(ids(this.client.discoverInstances((request) -> request.namespaceName("corp")
			.serviceName("worker")
			.queryParameters(Map.of("color", "blue"))
			.optionalParameters(Map.of("zone", "a"))))).containsExactly("a1");
		assertThat(ids(this.client.discoverInstances((request) -> request.namespaceName("corp")
			.serviceName("worker")
			.queryParameters(Map.of("color", "green"))
			.optionalParameters(Map.of("zone", "a"))))).containsExactly("b2");
		assertThat(ids(this.client
			.discoverInstances((request) -> request.namespaceName("corp").serviceName("worker").maxResults(2))))
			.hasSize(2);
		assertThatExceptionOfType(NamespaceNotFoundException.class).isThrownBy(
				() -> this.client.discoverInstances((request) -> request.namespaceName("none").serviceName("worker")));
		assertThatExceptionOfType(ServiceNotFoundException.class).isThrownBy(
				() -> this.client.discoverInstances((request) -> request.namespaceName("corp").serviceName("none")));
	}

	@Test
	void knowsNoHealthWithoutACheck() {
		String namespace = this.registry.createHttpNamespace("corp");
		String service = this.client.createService((request) -> request.name("worker").namespaceId(namespace))
			.service()
			.id();
		this.registry.register(service, "i", Map.of());
		DiscoverInstancesResponse found = discover(HealthStatusFilter.UNHEALTHY);
		assertThat(found.instances()).extracting(HttpInstanceSummary::healthStatus)
			.containsExactly(HealthStatus.UNKNOWN);
		assertThatExceptionOfType(CustomHealthNotFoundException.class)
			.isThrownBy(() -> this.client.updateInstanceCustomHealthStatus(
					(request) -> request.serviceId(service).instanceId("i").status(CustomHealthStatus.HEALTHY)));
		refused(() -> this.registry.register(service, "j", Map.of("AWS_INIT_HEALTH_STATUS", "HEALTHY")),
				"HealthCheckCustomConfig");
	}

	@Test
	void namesTheRequestOfARefusal() {
		assertThatExceptionOfType(NamespaceNotFoundException.class)
			.isThrownBy(() -> this.client.deleteNamespace((request) -> request.id("ns-1")))
			.satisfies((ex) -> assertThat(ex.awsErrorDetails().errorCode()).isEqualTo("NamespaceNotFound"))
			.satisfies((ex) -> assertThat(ex.requestId()).isNotEmpty());
	}

}
