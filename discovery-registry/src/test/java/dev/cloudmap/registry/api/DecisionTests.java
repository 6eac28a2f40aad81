package dev.cloudmap.registry.api;

import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.DnsRecord;
import software.amazon.awssdk.services.servicediscovery.model.HealthCheckCustomConfig;
import software.amazon.awssdk.services.servicediscovery.model.HttpInstanceSummary;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceAlreadyExistsException;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.servicediscovery.model.ServiceAlreadyExistsException;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Behavior that the Cloud Map documentation leaves open, and the text of messages. The
 * contract suite covers documented behavior.
 */
class DecisionTests {

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

	private static void refused(Runnable request, String message) {
		assertThatExceptionOfType(InvalidInputException.class).isThrownBy(request::run).withMessageContaining(message);
	}

	@Test
	void createsIdsInTheFormatOfCloudMap() {
		String operation = this.client.createHttpNamespace((request) -> request.name("corp")).operationId();
		assertThat(operation).matches("[a-z0-9]{32}-[a-z0-9]{8}");
		String namespace = this.registry.createHttpNamespace("other");
		assertThat(namespace).matches("ns-[a-z0-9]{16}");
		assertThat(this.registry.createHttpService(namespace, "worker")).matches("srv-[a-z0-9]{16}");
	}

	@Test
	void usesRegionOfSignatureInArns() {
		String id = this.registry.createHttpNamespace("corp");
		assertThat(this.client.getNamespace((request) -> request.id(id)).namespace().arn())
			.isEqualTo("arn:aws:servicediscovery:eu-west-1:000000000000:namespace/" + id);
	}

	@Test
	void returnsFirstOperationForRepeatedRequest() {
		String first = this.client.createHttpNamespace((request) -> request.name("corp").creatorRequestId("r1"))
			.operationId();
		String second = this.client.createHttpNamespace((request) -> request.name("corp").creatorRequestId("r1"))
			.operationId();
		assertThat(second).isEqualTo(first);
	}

	@Test
	void returnsFirstServiceForRepeatedRequest() {
		String namespace = this.registry.createHttpNamespace("corp");
		Service first = this.client
			.createService((request) -> request.name("worker").namespaceId(namespace).creatorRequestId("r1"))
			.service();
		Service second = this.client
			.createService((request) -> request.name("worker").namespaceId(namespace).creatorRequestId("r1"))
			.service();
		assertThat(second.id()).isEqualTo(first.id());
	}

	@Test
	void rejectsRepeatedServiceRequestWithOtherSettings() {
		String namespace = this.registry.createHttpNamespace("corp");
		this.client.createService((request) -> request.name("worker").namespaceId(namespace).creatorRequestId("r1"));
		assertThatExceptionOfType(ServiceAlreadyExistsException.class)
			.isThrownBy(() -> this.client.createService((request) -> request.name("worker")
				.namespaceId(namespace)
				.creatorRequestId("r1")
				.healthCheckCustomConfig(HealthCheckCustomConfig.builder().build())));
		assertThatExceptionOfType(ServiceAlreadyExistsException.class)
			.isThrownBy(() -> this.client.createService((request) -> request.name("worker")
				.namespaceId(namespace)
				.creatorRequestId("r1")
				.description("another")));
	}

	@Test
	void rejectsSecondPrivateNamespaceOfSameNameInVpc() {
		String id = this.registry.createDnsNamespace("corp.local");
		assertThatExceptionOfType(NamespaceAlreadyExistsException.class)
			.isThrownBy(() -> this.registry.createDnsNamespace("CORP.local"))
			.satisfies((ex) -> assertThat(ex.namespaceId()).isEqualTo(id))
			.satisfies((ex) -> assertThat(ex.creatorRequestId()).isNotEmpty());
	}

	@Test
	void appendsSuffixToHttpNameOfLaterNamespace() {
		this.registry.createDnsNamespace("corp.local");
		String id = this.registry.createHttpNamespace("corp.local");
		assertThat(this.client.getNamespace((request) -> request.id(id))
			.namespace()
			.properties()
			.httpProperties()
			.httpName()).startsWith("corp.local-");
	}

	@Test
	void rejectsInvalidServices() {
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
	}

	@Test
	void acceptsSrvRecordsWithAddresses() {
		String namespace = this.registry.createDnsNamespace("corp.local");
		String id = this.registry.createDnsService(namespace, "worker", RoutingPolicy.MULTIVALUE, RecordType.A,
				RecordType.SRV);
		assertThat(this.client.getService((request) -> request.id(id)).service().dnsConfig().dnsRecords())
			.extracting(DnsRecord::type)
			.containsExactly(RecordType.A, RecordType.SRV);
	}

	@Test
	void discoversHealthyInstancesByDefault() {
		String service = this.registry.createHttpService(this.registry.createHttpNamespace("corp"), "worker");
		this.registry.register(service, "up", Map.of());
		this.registry.register(service, "down", Map.of("AWS_INIT_HEALTH_STATUS", "UNHEALTHY"));
		assertThat(this.client.discoverInstances((request) -> request.namespaceName("corp").serviceName("worker"))
			.instances()).extracting(HttpInstanceSummary::instanceId).containsExactly("up");
	}

	@Test
	void errorMessageStatesExpectedValue() {
		String namespace = this.registry.createHttpNamespace("corp");
		String service = this.client.createService((request) -> request.name("worker").namespaceId(namespace))
			.service()
			.id();
		refused(() -> this.registry.register(service, "i", Map.of("AWS_INIT_HEALTH_STATUS", "HEALTHY")),
				"HealthCheckCustomConfig");
		refused(() -> this.client.listNamespaces((request) -> request.nextToken("nonsense")), "NextToken");
	}

}
