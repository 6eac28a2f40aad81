package dev.cloudmap.registry.contract;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.CreateServiceRequest;
import software.amazon.awssdk.services.servicediscovery.model.DnsRecord;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilter;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.OperationFilter;
import software.amazon.awssdk.services.servicediscovery.model.ServiceDiscoveryException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilter;
import software.amazon.awssdk.services.servicediscovery.model.Tag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Format of errors, and requests without required members.
 */
class ErrorContractTests {

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	private static final String NAMESPACE = CloudMapUnderTest.unknownId("ns");

	private static final String SERVICE = CloudMapUnderTest.unknownId("srv");

	@Test
	void returnsErrorMessage() {
		assertThatExceptionOfType(NamespaceNotFoundException.class)
			.isThrownBy(() -> cloudMap.client().getNamespace((request) -> request.id(NAMESPACE)))
			.satisfies((ex) -> assertThat(ex.statusCode()).isEqualTo(400))
			.satisfies((ex) -> assertThat(ex.requestId()).isNotBlank())
			.satisfies((ex) -> assertThat(ex.awsErrorDetails().errorCode()).isEqualTo("NamespaceNotFound"))
			.satisfies((ex) -> assertThat(ex.awsErrorDetails().errorMessage()).isNotBlank());
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> cloudMap.client().listNamespaces((request) -> request.maxResults(101)))
			.satisfies((ex) -> assertThat(ex.statusCode()).isEqualTo(400))
			.satisfies((ex) -> assertThat(ex.requestId()).isNotBlank())
			.satisfies((ex) -> assertThat(ex.awsErrorDetails().errorCode()).isEqualTo("InvalidInput"))
			.satisfies((ex) -> assertThat(ex.awsErrorDetails().errorMessage()).isNotBlank());
	}

	@Test
	void eachResponseHasUniqueRequestId() {
		assertThat(cloudMap.client().listNamespaces().responseMetadata().requestId()).isNotBlank()
			.isNotEqualTo(cloudMap.client().listNamespaces().responseMetadata().requestId());
	}

	/**
	 * The model defines required members but not the error for a missing one.
	 */
	private static void refused(BrokenRequest request) {
		assertThatExceptionOfType(ServiceDiscoveryException.class).isThrownBy(() -> request.send(cloudMap.client()))
			.satisfies((ex) -> assertThat(ex.statusCode()).isEqualTo(400))
			.satisfies(
					(ex) -> assertThat(ex.awsErrorDetails().errorCode()).isIn("InvalidInput", "ValidationException"));
	}

	@ParameterizedTest
	@MethodSource
	void rejectsNamespacesWithMissingMembers(BrokenRequest request) {
		refused(request);
	}

	static Stream<BrokenRequest> rejectsNamespacesWithMissingMembers() {
		String name = cloudMap.uniqueDomain();
		String vpc = CloudMapUnderTest.PLACEHOLDER_VPC;
		return Stream.of(without("CreateHttpNamespace Name", (client) -> client.createHttpNamespace((request) -> {
		})), without("CreateHttpNamespace Tag Key",
				(client) -> client
					.createHttpNamespace((request) -> request.name(name).tags(Tag.builder().value("value").build()))),
				without("CreateHttpNamespace Tag Value",
						(client) -> client.createHttpNamespace(
								(request) -> request.name(name).tags(Tag.builder().key("key").build()))),
				without("CreatePrivateDnsNamespace Name",
						(client) -> client.createPrivateDnsNamespace((request) -> request.vpc(vpc))),
				without("CreatePrivateDnsNamespace Vpc",
						(client) -> client.createPrivateDnsNamespace((request) -> request.name(name))),
				without("CreatePrivateDnsNamespace DnsProperties", (client) -> client
					.createPrivateDnsNamespace((request) -> request.name(name).vpc(vpc).properties((properties) -> {
					}))),
				without("CreatePublicDnsNamespace Name", (client) -> client.createPublicDnsNamespace((request) -> {
				})), without("CreatePublicDnsNamespace SOA", (client) -> client.createPublicDnsNamespace(
						(request) -> request.name(name).properties((properties) -> properties.dnsProperties((dns) -> {
						})))),
				without("GetNamespace Id", (client) -> client.getNamespace((request) -> {
				})), without("DeleteNamespace Id", (client) -> client.deleteNamespace((request) -> {
				})),
				without("UpdateHttpNamespace Id",
						(client) -> client
							.updateHttpNamespace((request) -> request.namespace((change) -> change.description("d")))),
				without("UpdateHttpNamespace Namespace",
						(client) -> client.updateHttpNamespace((request) -> request.id(NAMESPACE))),
				without("UpdateHttpNamespace Description", (client) -> client
					.updateHttpNamespace((request) -> request.id(NAMESPACE).namespace((change) -> {
					}))),
				without("UpdatePrivateDnsNamespace Namespace",
						(client) -> client.updatePrivateDnsNamespace((request) -> request.id(NAMESPACE))),
				without("UpdatePublicDnsNamespace Namespace",
						(client) -> client.updatePublicDnsNamespace((request) -> request.id(NAMESPACE))));
	}

	private static BrokenRequest without(String what, Consumer<ServiceDiscoveryClient> call) {
		return new BrokenRequest(what, call);
	}

	@ParameterizedTest
	@MethodSource
	void rejectsServicesWithMissingMembers(BrokenRequest request) {
		refused(request);
	}

	static Stream<BrokenRequest> rejectsServicesWithMissingMembers() {
		CreateServiceRequest complete = CreateServiceRequest.builder().name("worker").namespaceId(NAMESPACE).build();
		return Stream.of(
				without("CreateService Name",
						(client) -> client.createService(complete.copy((request) -> request.name(null)))),
				without("CreateService DnsRecords",
						(client) -> client.createService(
								complete.copy((request) -> request.dnsConfig((dns) -> dns.routingPolicy("WEIGHTED"))))),
				without("CreateService DnsRecord Type",
						(client) -> client.createService(complete.copy((request) -> request
							.dnsConfig((dns) -> dns.dnsRecords(DnsRecord.builder().ttl(60L).build()))))),
				without("CreateService DnsRecord TTL",
						(client) -> client.createService(complete.copy((request) -> request
							.dnsConfig((dns) -> dns.dnsRecords(DnsRecord.builder().type("A").build()))))),
				without("CreateService HealthCheckConfig Type",
						(client) -> client.createService(complete
							.copy((request) -> request.healthCheckConfig((check) -> check.resourcePath("/"))))),
				without("GetService Id", (client) -> client.getService((request) -> {
				})), without("DeleteService Id", (client) -> client.deleteService((request) -> {
				})),
				without("UpdateService Id",
						(client) -> client
							.updateService((request) -> request.service((change) -> change.description("d")))),
				without("UpdateService Service", (client) -> client.updateService((request) -> request.id(SERVICE))),
				without("UpdateService DnsRecords", (client) -> client
					.updateService((request) -> request.id(SERVICE).service((change) -> change.dnsConfig((dns) -> {
					})))),
				without("GetServiceAttributes ServiceId", (client) -> client.getServiceAttributes((request) -> {
				})),
				without("UpdateServiceAttributes ServiceId",
						(client) -> client
							.updateServiceAttributes((request) -> request.attributes(Map.of("key", "value")))),
				without("UpdateServiceAttributes Attributes",
						(client) -> client.updateServiceAttributes((request) -> request.serviceId(SERVICE))),
				without("DeleteServiceAttributes ServiceId",
						(client) -> client.deleteServiceAttributes((request) -> request.attributes("key"))),
				without("DeleteServiceAttributes Attributes",
						(client) -> client.deleteServiceAttributes((request) -> request.serviceId(SERVICE))));
	}

	@ParameterizedTest
	@MethodSource
	void rejectsInstancesWithMissingMembers(BrokenRequest request) {
		refused(request);
	}

	static Stream<BrokenRequest> rejectsInstancesWithMissingMembers() {
		return Stream.of(
				without("RegisterInstance ServiceId",
						(client) -> client.registerInstance((request) -> request.instanceId("i").attributes(Map.of()))),
				without("RegisterInstance InstanceId",
						(client) -> client
							.registerInstance((request) -> request.serviceId(SERVICE).attributes(Map.of()))),
				without("RegisterInstance Attributes",
						(client) -> client.registerInstance((request) -> request.serviceId(SERVICE).instanceId("i"))),
				without("DeregisterInstance ServiceId",
						(client) -> client.deregisterInstance((request) -> request.instanceId("i"))),
				without("DeregisterInstance InstanceId",
						(client) -> client.deregisterInstance((request) -> request.serviceId(SERVICE))),
				without("GetInstance ServiceId", (client) -> client.getInstance((request) -> request.instanceId("i"))),
				without("GetInstance InstanceId",
						(client) -> client.getInstance((request) -> request.serviceId(SERVICE))),
				without("ListInstances ServiceId", (client) -> client.listInstances((request) -> {
				})),
				without("GetInstancesHealthStatus ServiceId", (client) -> client.getInstancesHealthStatus((request) -> {
				})),
				without("UpdateInstanceCustomHealthStatus ServiceId",
						(client) -> client
							.updateInstanceCustomHealthStatus((request) -> request.instanceId("i").status("HEALTHY"))),
				without("UpdateInstanceCustomHealthStatus InstanceId",
						(client) -> client.updateInstanceCustomHealthStatus(
								(request) -> request.serviceId(SERVICE).status("HEALTHY"))),
				without("UpdateInstanceCustomHealthStatus Status",
						(client) -> client
							.updateInstanceCustomHealthStatus((request) -> request.serviceId(SERVICE).instanceId("i"))),
				without("DiscoverInstances NamespaceName",
						(client) -> client.discoverInstances((request) -> request.serviceName("none"))),
				without("DiscoverInstances ServiceName",
						(client) -> client.discoverInstances((request) -> request.namespaceName("none"))),
				without("DiscoverInstancesRevision NamespaceName",
						(client) -> client.discoverInstancesRevision((request) -> request.serviceName("none"))),
				without("DiscoverInstancesRevision ServiceName",
						(client) -> client.discoverInstancesRevision((request) -> request.namespaceName("none"))));
	}

	@ParameterizedTest
	@MethodSource
	void rejectsOtherRequestsWithMissingMembers(BrokenRequest request) {
		refused(request);
	}

	static Stream<BrokenRequest> rejectsOtherRequestsWithMissingMembers() {
		String arn = "arn:aws:servicediscovery:us-east-1:000000000000:service/" + SERVICE;
		return Stream.of(without("GetOperation OperationId", (client) -> client.getOperation((request) -> {
		})), without("ListNamespaces filter's Name",
				(client) -> client
					.listNamespaces((request) -> request.filters(NamespaceFilter.builder().values("v").build()))),
				without("ListNamespaces filter's Values",
						(client) -> client.listNamespaces(
								(request) -> request.filters(NamespaceFilter.builder().name("NAME").build()))),
				without("ListServices filter's Name",
						(client) -> client
							.listServices((request) -> request.filters(ServiceFilter.builder().values("v").build()))),
				without("ListServices filter's Values",
						(client) -> client.listServices(
								(request) -> request.filters(ServiceFilter.builder().name("NAMESPACE_ID").build()))),
				without("ListOperations filter's Name",
						(client) -> client.listOperations(
								(request) -> request.filters(OperationFilter.builder().values("v").build()))),
				without("ListOperations filter's Values",
						(client) -> client.listOperations(
								(request) -> request.filters(OperationFilter.builder().name("STATUS").build()))),
				without("ListTagsForResource ResourceARN", (client) -> client.listTagsForResource((request) -> {
				})),
				without("TagResource ResourceARN",
						(client) -> client.tagResource((request) -> request.tags(List.of()))),
				without("TagResource Tags", (client) -> client.tagResource((request) -> request.resourceARN(arn))),
				without("UntagResource ResourceARN",
						(client) -> client.untagResource((request) -> request.tagKeys("key"))),
				without("UntagResource TagKeys",
						(client) -> client.untagResource((request) -> request.resourceARN(arn))));
	}

}
