package dev.cloudmap.registry.contract;

import java.util.Map;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.DnsRecord;
import software.amazon.awssdk.services.servicediscovery.model.HealthCheckCustomConfig;
import software.amazon.awssdk.services.servicediscovery.model.HealthCheckType;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.Operation;
import software.amazon.awssdk.services.servicediscovery.model.OperationTargetType;
import software.amazon.awssdk.services.servicediscovery.model.OperationType;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.ResourceInUseException;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.servicediscovery.model.ServiceChange;
import software.amazon.awssdk.services.servicediscovery.model.ServiceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceSummary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Updates and deletions of services.
 */
class ServiceChangeContractTests {

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	private static ServiceDiscoveryClient client() {
		return cloudMap.client();
	}

	private static Service get(Service service) {
		return client().getService((request) -> request.id(service.id())).service();
	}

	private static Operation update(String id, Consumer<ServiceChange.Builder> change) {
		return cloudMap.succeed(client().updateService((request) -> request.id(id).service(change)).operationId());
	}

	private static void refused(Service service, Consumer<ServiceChange.Builder> change) {
		Service before = get(service);
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> client().updateService((request) -> request.id(service.id()).service(change)));
		assertThat(get(service)).isEqualTo(before);
	}

	private static Consumer<ServiceChange.Builder> ttl(long ttl, RecordType... types) {
		return (change) -> change.dnsConfig((dns) -> dns.dnsRecords(CloudMapUnderTest.records(ttl, types)));
	}

	private static Service createWithHealthCheck() {
		return cloudMap.createService(cloudMap.publicNamespace(),
				(request) -> request.healthCheckConfig((check) -> check.type(HealthCheckType.HTTP).failureThreshold(2))
					.dnsConfig((dns) -> dns.routingPolicy(RoutingPolicy.WEIGHTED)
						.dnsRecords(CloudMapUnderTest.records(60, RecordType.A))));
	}

	private static Service createWithCustomHealth() {
		return cloudMap.createService(cloudMap.dnsNamespace(),
				(request) -> request.healthCheckCustomConfig(HealthCheckCustomConfig.builder().build())
					.dnsConfig((dns) -> dns.routingPolicy(RoutingPolicy.WEIGHTED)
						.dnsRecords(CloudMapUnderTest.records(60, RecordType.A))));
	}

	@Test
	void updatesTtlAndDescription() {
		Service service = cloudMap.createDnsService(RoutingPolicy.MULTIVALUE, RecordType.A, RecordType.AAAA);
		Operation operation = update(service.id(),
				ttl(5, RecordType.A, RecordType.AAAA).andThen((change) -> change.description("changed")));
		assertThat(operation.type()).isEqualTo(OperationType.UPDATE_SERVICE);
		assertThat(operation.targets()).containsEntry(OperationTargetType.SERVICE, service.id());
		cloudMap.eventually(() -> {
			Service changed = get(service);
			assertThat(changed.description()).isEqualTo("changed");
			assertThat(changed.dnsConfig().routingPolicy()).isEqualTo(RoutingPolicy.MULTIVALUE);
			assertThat(changed.dnsConfig().dnsRecords()).extracting(DnsRecord::type)
				.containsExactlyInAnyOrder(RecordType.A, RecordType.AAAA);
			assertThat(changed.dnsConfig().dnsRecords()).extracting(DnsRecord::ttl).containsOnly(5L);
			assertThat(changed.name()).isEqualTo(service.name());
			assertThat(changed.namespaceId()).isEqualTo(service.namespaceId());
			assertThat(changed.createDate()).isEqualTo(service.createDate());
		});
	}

	@Test
	void updatesServiceByArn() {
		Service service = cloudMap.createDnsService(RoutingPolicy.MULTIVALUE, RecordType.A);
		update(service.arn(), ttl(6, RecordType.A));
		cloudMap.eventually(
				() -> assertThat(get(service).dnsConfig().dnsRecords()).extracting(DnsRecord::ttl).containsExactly(6L));
	}

	@Test
	void rejectsRecordsOfOtherType() {
		Service service = cloudMap.createDnsService(RoutingPolicy.MULTIVALUE, RecordType.A);
		refused(service, ttl(60, RecordType.AAAA));
		refused(service, ttl(60, RecordType.SRV));
	}

	@Test
	void deletesOmittedRecords() {
		Service service = createWithCustomHealth();
		update(service.id(), (change) -> change.description("without records"));
		cloudMap.eventually(() -> assertThat(get(service).dnsConfig()).satisfiesAnyOf(
				(config) -> assertThat(config).isNull(), (config) -> assertThat(config.dnsRecords()).isEmpty()));
	}

	@Test
	void deletesOmittedRecordType() {
		Service service = cloudMap.createDnsService(RoutingPolicy.MULTIVALUE, RecordType.A, RecordType.AAAA);
		update(service.id(), ttl(5, RecordType.AAAA));
		cloudMap.eventually(() -> assertThat(get(service).dnsConfig().dnsRecords()).extracting(DnsRecord::type)
			.containsExactly(RecordType.AAAA));
		refused(service, ttl(5, RecordType.A, RecordType.AAAA));
	}

	@Test
	void keepsCustomHealthConfig() {
		Service service = createWithCustomHealth();
		update(service.id(), ttl(5, RecordType.A));
		cloudMap.eventually(
				() -> assertThat(get(service).dnsConfig().dnsRecords()).extracting(DnsRecord::ttl).containsExactly(5L));
		assertThat(get(service).healthCheckCustomConfig()).isNotNull();
	}

	@Test
	void updatesHealthCheck() {
		Service service = createWithHealthCheck();
		update(service.id(), ttl(60, RecordType.A).andThen((change) -> change.healthCheckConfig(
				(check) -> check.type(HealthCheckType.HTTPS).resourcePath("/healthy").failureThreshold(7))));
		cloudMap.eventually(() -> {
			assertThat(get(service).healthCheckConfig().type()).isEqualTo(HealthCheckType.HTTPS);
			assertThat(get(service).healthCheckConfig().resourcePath()).isEqualTo("/healthy");
			assertThat(get(service).healthCheckConfig().failureThreshold()).isEqualTo(7);
		});
	}

	@Test
	void deletesOmittedHealthCheck() {
		Service service = createWithHealthCheck();
		update(service.id(), ttl(60, RecordType.A));
		cloudMap.eventually(() -> assertThat(get(service).healthCheckConfig()).isNull());
		assertThat(get(service).dnsConfig().dnsRecords()).isNotEmpty();
	}

	@Test
	void rejectsInvalidHealthChecks() {
		refused(createWithHealthCheck(), ttl(60, RecordType.A).andThen((change) -> change
			.healthCheckConfig((check) -> check.type(HealthCheckType.TCP).resourcePath("/healthy"))));
		refused(createWithCustomHealth(), ttl(60, RecordType.A)
			.andThen((change) -> change.healthCheckConfig((check) -> check.type(HealthCheckType.HTTP))));
	}

	@Test
	void rejectsUpdateOfServiceInHttpNamespace() {
		Service service = cloudMap.createHttpService();
		refused(service, (change) -> change.description("changed"));
	}

	@Test
	void rejectsUpdateOfUnknownService() {
		assertThatExceptionOfType(ServiceNotFoundException.class)
			.isThrownBy(() -> client().updateService((request) -> request.id(CloudMapUnderTest.unknownId("srv"))
				.service((change) -> change.description("changed"))));
	}

	@Test
	void deletesEmptyServiceAndReleasesName() {
		Service service = cloudMap.createHttpService();
		client().deleteService((request) -> request.id(service.id()));
		cloudMap.eventually(() -> assertGone(service));
		Service next = cloudMap.createService(cloudMap.httpNamespace(), (request) -> request.name(service.name()));
		assertThat(next.name()).isEqualTo(service.name());
	}

	private static void assertGone(Service service) {
		assertThatExceptionOfType(ServiceNotFoundException.class).isThrownBy(() -> get(service));
		assertThatExceptionOfType(ServiceNotFoundException.class)
			.isThrownBy(() -> client().deleteService((request) -> request.id(service.id())));
		assertThatExceptionOfType(ServiceNotFoundException.class)
			.isThrownBy(() -> client().listInstances((request) -> request.serviceId(service.id())));
		assertThat(client()
			.listServicesPaginator((request) -> request.filters(CloudMapUnderTest.inNamespace(service.namespaceId())))
			.stream()
			.flatMap((page) -> page.services().stream())).extracting(ServiceSummary::id).doesNotContain(service.id());
	}

	@Test
	void deletesServiceByArn() {
		Service service = cloudMap.createDnsService(RoutingPolicy.MULTIVALUE, RecordType.A);
		client().deleteService((request) -> request.id(service.arn()));
		cloudMap.eventually(() -> assertGone(service));
	}

	@Test
	void rejectsDeletionOfServiceWithInstances() {
		Service service = cloudMap.createHttpService();
		cloudMap.register(service, "one", Map.of());
		assertThatExceptionOfType(ResourceInUseException.class)
			.isThrownBy(() -> client().deleteService((request) -> request.id(service.id())));
		assertThat(get(service).id()).isEqualTo(service.id());
		cloudMap.deregister(service, "one");
		cloudMap.await()
			.ignoreException(ResourceInUseException.class)
			.until(() -> client().deleteService((request) -> request.id(service.id())), (deleted) -> true);
		cloudMap.eventually(() -> assertGone(service));
	}

	@Test
	void rejectsDeletionOfUnknownService() {
		assertThatExceptionOfType(ServiceNotFoundException.class)
			.isThrownBy(() -> client().deleteService((request) -> request.id(CloudMapUnderTest.unknownId("srv"))));
	}

}
