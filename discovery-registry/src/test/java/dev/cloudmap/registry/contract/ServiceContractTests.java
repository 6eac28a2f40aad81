package dev.cloudmap.registry.contract;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.CreateServiceRequest;
import software.amazon.awssdk.services.servicediscovery.model.DnsRecord;
import software.amazon.awssdk.services.servicediscovery.model.HealthCheckCustomConfig;
import software.amazon.awssdk.services.servicediscovery.model.HealthCheckType;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.Namespace;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.servicediscovery.model.ServiceAlreadyExistsException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilter;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilterName;
import software.amazon.awssdk.services.servicediscovery.model.ServiceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceSummary;
import software.amazon.awssdk.services.servicediscovery.model.ServiceType;
import software.amazon.awssdk.services.servicediscovery.model.ServiceTypeOption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Creation and lookup of services.
 */
class ServiceContractTests {

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	private static ServiceDiscoveryClient client() {
		return cloudMap.client();
	}

	private static Service get(String id) {
		return client().getService((request) -> request.id(id)).service();
	}

	private static Service create(Namespace namespace, String name) {
		return create(namespace, (request) -> request.name(name));
	}

	private static Service create(Namespace namespace, Consumer<CreateServiceRequest.Builder> customizer) {
		return cloudMap.createService(namespace, (request) -> {
			if (!namespace.typeAsString().equals("HTTP")) {
				request.dnsConfig((dns) -> dns.routingPolicy(RoutingPolicy.MULTIVALUE)
					.dnsRecords(CloudMapUnderTest.records(60, RecordType.A)));
			}
			customizer.accept(request);
		});
	}

	private static void refused(Namespace namespace, Consumer<CreateServiceRequest.Builder> customizer) {
		assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> create(namespace, customizer));
	}

	@Test
	void createsServiceInHttpNamespace() {
		Namespace namespace = cloudMap.httpNamespace();
		String name = cloudMap.uniqueName();
		String requestId = CloudMapUnderTest.randomText(20);
		Service created = client()
			.createService((request) -> request.name(name)
				.namespaceId(namespace.id())
				.description("ours")
				.creatorRequestId(requestId)
				.healthCheckCustomConfig(HealthCheckCustomConfig.builder().build()))
			.service();
		for (Service service : List.of(created, get(created.id()))) {
			assertThat(service.id()).startsWith("srv-").hasSizeLessThanOrEqualTo(64);
			assertThat(service.arn()).startsWith("arn:").endsWith(":service/" + service.id());
			assertThat(service.resourceOwner()).isIn(null, namespace.resourceOwner());
			assertThat(service.createdByAccount()).isIn(null, namespace.resourceOwner());
			assertThat(service.name()).isEqualTo(name);
			assertThat(service.namespaceId()).isEqualTo(namespace.id());
			assertThat(service.description()).isEqualTo("ours");
			assertThat(service.instanceCount()).isIn(null, 0);
			assertThat(service.type()).isEqualTo(ServiceType.HTTP);
			assertThat(service.healthCheckConfig()).isNull();
			assertThat(service.healthCheckCustomConfig()).isNotNull();
			assertThat(service.createDate()).isAfter(Instant.now().minusSeconds(3600));
			assertThat(service.creatorRequestId()).isEqualTo(requestId);
		}
	}

	@ParameterizedTest
	@CsvSource({ "MULTIVALUE, A", "MULTIVALUE, AAAA", "MULTIVALUE, A AAAA", "MULTIVALUE, SRV", "WEIGHTED, A",
			"WEIGHTED, CNAME" })
	void createsServicesWithRecords(RoutingPolicy policy, String types) {
		Namespace namespace = cloudMap.dnsNamespace();
		RecordType[] records = List.of(types.split(" ", -1))
			.stream()
			.map(RecordType::fromValue)
			.toArray(RecordType[]::new);
		Service created = create(namespace, (request) -> request
			.dnsConfig((dns) -> dns.routingPolicy(policy).dnsRecords(CloudMapUnderTest.records(17, records))));
		Service service = get(created.id());
		assertThat(service.namespaceId()).isEqualTo(namespace.id());
		assertThat(service.type()).isEqualTo(ServiceType.DNS_HTTP);
		assertThat(service.dnsConfig().routingPolicy()).isEqualTo(policy);
		assertThat(service.dnsConfig().dnsRecords()).extracting(DnsRecord::type).containsExactlyInAnyOrder(records);
		assertThat(service.dnsConfig().dnsRecords()).extracting(DnsRecord::ttl).containsOnly(17L);
	}

	@ParameterizedTest
	@CsvSource({ "MULTIVALUE, CNAME", "WEIGHTED, CNAME A", "WEIGHTED, CNAME SRV", "MULTIVALUE, A A" })
	void rejectsInvalidRecordCombinations(RoutingPolicy policy, String types) {
		RecordType[] records = List.of(types.split(" ", -1))
			.stream()
			.map(RecordType::fromValue)
			.toArray(RecordType[]::new);
		refused(cloudMap.dnsNamespace(), (request) -> request
			.dnsConfig((dns) -> dns.routingPolicy(policy).dnsRecords(CloudMapUnderTest.records(17, records))));
	}

	@Test
	void createsHttpOnlyServiceInDnsNamespace() {
		Service service = cloudMap.createService(cloudMap.dnsNamespace(),
				(request) -> request.type(ServiceTypeOption.HTTP));
		assertThat(get(service.id()).type()).isEqualTo(ServiceType.HTTP);
		assertThat(get(service.id()).dnsConfig()).satisfiesAnyOf((config) -> assertThat(config).isNull(),
				(config) -> assertThat(config.dnsRecords()).isEmpty());
	}

	@ParameterizedTest
	@CsvSource({ "HTTP, /healthy, /healthy", "HTTP, , /", "HTTPS, , /", "TCP, , " })
	void createsServicesWithHealthCheck(HealthCheckType type, String path, String expectedPath) {
		Service created = create(cloudMap.publicNamespace(), (request) -> request
			.healthCheckConfig((check) -> check.type(type).resourcePath(path).failureThreshold(3)));
		Service service = get(created.id());
		assertThat(service.healthCheckConfig().type()).isEqualTo(type);
		assertThat(service.healthCheckConfig().resourcePath()).isEqualTo(expectedPath);
		assertThat(service.healthCheckConfig().failureThreshold()).isEqualTo(3);
		assertThat(service.healthCheckCustomConfig()).isNull();
	}

	@Test
	void createsServiceWithHealthCheckInHttpNamespace() {
		Service service = create(cloudMap.httpNamespace(),
				(request) -> request.healthCheckConfig((check) -> check.type(HealthCheckType.TCP)));
		assertThat(get(service.id()).healthCheckConfig().type()).isEqualTo(HealthCheckType.TCP);
	}

	@Test
	void rejectsInvalidHealthChecks() {
		refused(cloudMap.publicNamespace(),
				(request) -> request.healthCheckConfig((check) -> check.type(HealthCheckType.HTTP))
					.healthCheckCustomConfig(HealthCheckCustomConfig.builder().build()));
		refused(cloudMap.publicNamespace(), (request) -> request
			.healthCheckConfig((check) -> check.type(HealthCheckType.TCP).resourcePath("/healthy")));
		refused(cloudMap.publicNamespace(),
				(request) -> request.healthCheckConfig((check) -> check.type(HealthCheckType.HTTP))
					.dnsConfig((dns) -> dns.routingPolicy(RoutingPolicy.WEIGHTED)
						.dnsRecords(CloudMapUnderTest.records(17, RecordType.CNAME))));
	}

	@Test
	void rejectsHealthChecksInPrivateNamespace() {
		refused(cloudMap.privateNamespace(),
				(request) -> request.healthCheckConfig((check) -> check.type(HealthCheckType.HTTP)));
	}

	@Test
	@SuppressWarnings("deprecation")
	void customHealthFailureThresholdIsAlwaysOne() {
		Service service = create(cloudMap.httpNamespace(),
				(request) -> request.healthCheckCustomConfig((check) -> check.failureThreshold(5)));
		assertThat(get(service.id()).healthCheckCustomConfig().failureThreshold()).isIn(null, 1);
	}

	@Test
	@SuppressWarnings("deprecation")
	void acceptsNamespaceInDnsConfig() {
		Namespace namespace = cloudMap.dnsNamespace();
		String name = cloudMap.uniqueName();
		Service service = client()
			.createService((request) -> request.name(name)
				.dnsConfig((dns) -> dns.namespaceId(namespace.id())
					.routingPolicy(RoutingPolicy.MULTIVALUE)
					.dnsRecords(CloudMapUnderTest.records(17, RecordType.A))))
			.service();
		assertThat(get(service.id()).namespaceId()).isEqualTo(namespace.id());
	}

	@ParameterizedTest
	@ValueSource(strings = { "_http._tcp", "a", "A_b-c.d1", "." })
	void acceptsEveryNameOfTheModel(String name) {
		Service service = create(cloudMap.dnsNamespace(), name);
		assertThat(get(service.id()).name()).isEqualTo(name);
	}

	@Test
	void acceptsNamesOfMaximumLength() {
		String label = "a".repeat(63);
		assertThat(create(cloudMap.httpNamespace(), label + "." + label).name()).hasSize(127);
	}

	@Test
	void repeatedRequestCreatesOneService() {
		String name = cloudMap.uniqueName();
		String requestId = CloudMapUnderTest.randomText(20);
		Service service = create(cloudMap.httpNamespace(), (request) -> request.name(name).creatorRequestId(requestId));
		// The documentation promises idempotence, but not the response to the second
		// request after the first has ended.
		try {
			assertThat(
					create(cloudMap.httpNamespace(), (request) -> request.name(name).creatorRequestId(requestId)).id())
				.isEqualTo(service.id());
		}
		catch (ServiceAlreadyExistsException ex) {
			assertThat(ex.serviceId()).isEqualTo(service.id());
			assertThat(ex.creatorRequestId()).isEqualTo(requestId);
		}
		cloudMap
			.eventually(() -> assertThat(listNamespace(cloudMap.httpNamespace().id())).extracting(ServiceSummary::id)
				.containsOnlyOnce(service.id()));
	}

	@Test
	void rejectsSecondServiceOfSameName() {
		Service service = create(cloudMap.httpNamespace(), cloudMap.uniqueName());
		assertThatExceptionOfType(ServiceAlreadyExistsException.class)
			.isThrownBy(() -> create(cloudMap.httpNamespace(), service.name()))
			.satisfies((ex) -> assertThat(ex.serviceId()).isEqualTo(service.id()))
			.satisfies((ex) -> assertThat(ex.serviceArn()).isEqualTo(service.arn()))
			.satisfies((ex) -> assertThat(ex.creatorRequestId()).isEqualTo(service.creatorRequestId()));
	}

	@Test
	void namesInDnsNamespaceAreCaseInsensitive() {
		Service service = create(cloudMap.dnsNamespace(), cloudMap.uniqueName());
		assertThatExceptionOfType(ServiceAlreadyExistsException.class)
			.isThrownBy(() -> create(cloudMap.dnsNamespace(), CloudMapUnderTest.upperCase(service.name())))
			.satisfies((ex) -> assertThat(ex.serviceId()).isEqualTo(service.id()));
	}

	@Test
	void namesInHttpNamespaceAreCaseSensitive() {
		Service lower = create(cloudMap.httpNamespace(), cloudMap.uniqueName());
		Service upper = create(cloudMap.httpNamespace(), CloudMapUnderTest.upperCase(lower.name()));
		assertThat(upper.id()).isNotEqualTo(lower.id());
		cloudMap.register(lower, "in-lower", Map.of());
		cloudMap.register(upper, "in-upper", Map.of());
		cloudMap.eventually(() -> {
			assertThat(cloudMap.discover(lower, (request) -> {
			}).instances()).extracting("instanceId").containsExactly("in-lower");
			assertThat(cloudMap.discover(upper, (request) -> {
			}).instances()).extracting("instanceId").containsExactly("in-upper");
		});
	}

	@Test
	void acceptsSameNameInOtherNamespace() {
		Service service = create(cloudMap.httpNamespace(), cloudMap.uniqueName());
		assertThat(create(cloudMap.dnsNamespace(), service.name()).id()).isNotEqualTo(service.id());
	}

	@Test
	void acceptsNamespaceIdOrArn() {
		Namespace namespace = cloudMap.httpNamespace();
		Service service = create(namespace, (request) -> request.namespaceId(namespace.arn()));
		assertThat(get(service.id()).namespaceId()).isEqualTo(namespace.id());
		assertThat(listNamespace(namespace.arn())).extracting(ServiceSummary::id)
			.containsAll(listNamespace(namespace.id()).stream().map(ServiceSummary::id).toList());
	}

	@Test
	void rejectsUnknownNamespace() {
		assertThatExceptionOfType(NamespaceNotFoundException.class).isThrownBy(() -> create(cloudMap.httpNamespace(),
				(request) -> request.namespaceId(CloudMapUnderTest.unknownId("ns"))));
	}

	@Test
	void getsServiceByIdOrArn() {
		Service service = cloudMap.createHttpService();
		assertThat(get(service.arn())).isEqualTo(get(service.id()));
	}

	@Test
	void rejectsUnknownService() {
		String unknown = CloudMapUnderTest.unknownId("srv");
		String unknownArn = cloudMap.createHttpService().arn().replaceFirst("srv-.*", unknown);
		assertThatExceptionOfType(ServiceNotFoundException.class).isThrownBy(() -> get(unknown));
		assertThatExceptionOfType(ServiceNotFoundException.class).isThrownBy(() -> get(unknownArn));
	}

	@Test
	void countsInstances() {
		Service service = cloudMap.createHttpService();
		cloudMap.registerAll(service, List.of("one", "two"), Map.of());
		cloudMap.eventually(() -> assertThat(get(service.id()).instanceCount()).isEqualTo(2));
		cloudMap.deregister(service, "one");
		cloudMap.eventually(() -> assertThat(get(service.id()).instanceCount()).isEqualTo(1));
	}

	@Test
	void listsServicesOfNamespace() {
		Service dns = create(cloudMap.dnsNamespace(), (request) -> request.description("ours"));
		Service http = cloudMap.createHttpService();
		cloudMap.eventually(() -> assertThat(listNamespace(cloudMap.dnsNamespace().id()))
			.noneSatisfy((summary) -> assertThat(summary.id()).isEqualTo(http.id()))
			.anySatisfy((summary) -> {
				assertThat(summary.id()).isEqualTo(dns.id());
				assertThat(summary.arn()).isEqualTo(dns.arn());
				assertThat(summary.resourceOwner()).isIn(null, cloudMap.dnsNamespace().resourceOwner());
				assertThat(summary.name()).isEqualTo(dns.name());
				assertThat(summary.type()).isEqualTo(ServiceType.DNS_HTTP);
				assertThat(summary.description()).isEqualTo("ours");
				assertThat(summary.dnsConfig().dnsRecords()).isEqualTo(dns.dnsConfig().dnsRecords());
				assertThat(summary.createDate()).isEqualTo(dns.createDate());
			}));
		ServiceFilter self = ServiceFilter.builder().name(ServiceFilterName.RESOURCE_OWNER).values("SELF").build();
		assertThat(list(self)).extracting(ServiceSummary::id).contains(dns.id(), http.id());
		assertThat(list(self, CloudMapUnderTest.inNamespace(cloudMap.dnsNamespace().id())))
			.extracting(ServiceSummary::id)
			.contains(dns.id())
			.doesNotContain(http.id());
	}

	private static List<ServiceSummary> listNamespace(String namespaceId) {
		return list(CloudMapUnderTest.inNamespace(namespaceId));
	}

	private static List<ServiceSummary> list(ServiceFilter... filters) {
		return client().listServicesPaginator((request) -> request.filters(filters))
			.stream()
			.flatMap((page) -> page.services().stream())
			.toList();
	}

	@Test
	void rejectsInvalidFilters() {
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> list(CloudMapUnderTest.inNamespace(cloudMap.httpNamespace().id())
				.copy((filter) -> filter.values("one", "two"))));
	}

}
