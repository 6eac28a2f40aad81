package dev.cloudmap.registry.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.servicediscovery.model.CreateServiceRequest;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesRequest;
import software.amazon.awssdk.services.servicediscovery.model.DnsRecord;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceChange;
import software.amazon.awssdk.services.servicediscovery.model.ServiceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.Tag;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Constraints of the API model on members: lengths, ranges, patterns, enums and sizes.
 * The requests name resources that do not exist, because constraints are checked first.
 */
class ConstraintContractTests {

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	private static final String NAMESPACE = CloudMapUnderTest.unknownId("ns");

	private static final String SERVICE = CloudMapUnderTest.unknownId("srv");

	private static final String VPC = CloudMapUnderTest.PLACEHOLDER_VPC;

	private static final String LONG_ID = "i".repeat(256);

	private static void refused(BrokenRequest request) {
		assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> request.send(cloudMap.client()));
	}

	private static Tag tag(String key, String value) {
		return Tag.builder().key(key).value(value).build();
	}

	@Test
	void violateOnlyOneConstraint() {
		assertThatExceptionOfType(NamespaceNotFoundException.class).isThrownBy(() -> service("", (request) -> {
		}).send(cloudMap.client()));
		assertThatExceptionOfType(ServiceNotFoundException.class)
			.isThrownBy(() -> register("", "i", Map.of("key", "value")).send(cloudMap.client()));
		assertThatExceptionOfType(ServiceNotFoundException.class)
			.isThrownBy(() -> update("", Map.of("key", "value")).send(cloudMap.client()));
		assertThatExceptionOfType(NamespaceNotFoundException.class).isThrownBy(() -> discover("", (request) -> {
		}).send(cloudMap.client()));
	}

	static Stream<BrokenRequest> namespaces() {
		List<BrokenRequest> all = new ArrayList<>();
		for (String name : List.of("with blank", "ümlaut", "arn:aws", "n".repeat(1025))) {
			all.add(new BrokenRequest("CreateHttpNamespace Name " + name,
					(client) -> client.createHttpNamespace((request) -> request.name(name))));
		}
		for (String name : List.of("with blank", "arn:aws", "n".repeat(254))) {
			all.add(new BrokenRequest("CreatePrivateDnsNamespace Name " + name,
					(client) -> client.createPrivateDnsNamespace((request) -> request.name(name).vpc(VPC))));
		}
		for (String name : List.of("nodot", "with blank.test", "-hyphen.test", "hyphen-.test", "under_score.test",
				"a..test", ".test", "a.test.", "l".repeat(64) + ".test", "a.".repeat(125) + "test")) {
			all.add(new BrokenRequest("CreatePublicDnsNamespace Name " + name,
					(client) -> client.createPublicDnsNamespace((request) -> request.name(name))));
		}
		String name = cloudMap.uniqueDomain();
		for (long ttl : List.of(-1L, 2147483648L)) {
			all.add(new BrokenRequest("CreatePrivateDnsNamespace SOA TTL " + ttl, (client) -> client
				.createPrivateDnsNamespace((request) -> request.name(name)
					.vpc(VPC)
					.properties((properties) -> properties.dnsProperties((dns) -> dns.soa((soa) -> soa.ttl(ttl)))))));
			all.add(new BrokenRequest("CreatePublicDnsNamespace SOA TTL " + ttl, (client) -> client
				.createPublicDnsNamespace((request) -> request.name(name)
					.properties((properties) -> properties.dnsProperties((dns) -> dns.soa((soa) -> soa.ttl(ttl)))))));
			all.add(new BrokenRequest("UpdatePrivateDnsNamespace SOA TTL " + ttl,
					(client) -> client.updatePrivateDnsNamespace((request) -> request.id(NAMESPACE)
						.namespace((change) -> change.properties(
								(properties) -> properties.dnsProperties((dns) -> dns.soa((soa) -> soa.ttl(ttl))))))));
			all.add(new BrokenRequest("UpdatePublicDnsNamespace SOA TTL " + ttl,
					(client) -> client.updatePublicDnsNamespace((request) -> request.id(NAMESPACE)
						.namespace((change) -> change.properties(
								(properties) -> properties.dnsProperties((dns) -> dns.soa((soa) -> soa.ttl(ttl))))))));
		}
		return Stream.concat(all.stream(), namespaceTexts());
	}

	private static Stream<BrokenRequest> namespaceTexts() {
		String name = cloudMap.uniqueDomain();
		String description = "d".repeat(1025);
		String requestId = "r".repeat(65);
		return Stream.of(
				new BrokenRequest("CreateHttpNamespace Description",
						(client) -> client
							.createHttpNamespace((request) -> request.name(name).description(description))),
				new BrokenRequest("CreateHttpNamespace CreatorRequestId",
						(client) -> client
							.createHttpNamespace((request) -> request.name(name).creatorRequestId(requestId))),
				new BrokenRequest("CreateHttpNamespace Tags",
						(client) -> client.createHttpNamespace((request) -> request.name(name).tags(tag("", "value")))),
				new BrokenRequest("CreatePrivateDnsNamespace Description",
						(client) -> client.createPrivateDnsNamespace(
								(request) -> request.name(name).vpc(VPC).description(description))),
				new BrokenRequest("CreatePrivateDnsNamespace CreatorRequestId",
						(client) -> client.createPrivateDnsNamespace(
								(request) -> request.name(name).vpc(VPC).creatorRequestId(requestId))),
				new BrokenRequest("CreatePrivateDnsNamespace Vpc",
						(client) -> client
							.createPrivateDnsNamespace((request) -> request.name(name).vpc("v".repeat(65)))),
				new BrokenRequest("CreatePublicDnsNamespace Description",
						(client) -> client
							.createPublicDnsNamespace((request) -> request.name(name).description(description))),
				new BrokenRequest("CreatePublicDnsNamespace CreatorRequestId",
						(client) -> client
							.createPublicDnsNamespace((request) -> request.name(name).creatorRequestId(requestId))),
				new BrokenRequest("UpdateHttpNamespace Id",
						(client) -> client.updateHttpNamespace(
								(request) -> request.id(LONG_ID).namespace((change) -> change.description("")))),
				new BrokenRequest("UpdateHttpNamespace UpdaterRequestId",
						(client) -> client.updateHttpNamespace((request) -> request.id(NAMESPACE)
							.updaterRequestId(requestId)
							.namespace((change) -> change.description("")))),
				new BrokenRequest("UpdateHttpNamespace Description", (client) -> client.updateHttpNamespace(
						(request) -> request.id(NAMESPACE).namespace((change) -> change.description(description)))),
				new BrokenRequest("UpdatePrivateDnsNamespace Description", (client) -> client.updatePrivateDnsNamespace(
						(request) -> request.id(NAMESPACE).namespace((change) -> change.description(description)))),
				new BrokenRequest("UpdatePublicDnsNamespace Description", (client) -> client.updatePublicDnsNamespace(
						(request) -> request.id(NAMESPACE).namespace((change) -> change.description(description)))),
				new BrokenRequest("GetNamespace Id", (client) -> client.getNamespace((request) -> request.id(LONG_ID))),
				new BrokenRequest("DeleteNamespace Id",
						(client) -> client.deleteNamespace((request) -> request.id(LONG_ID))));
	}

	@ParameterizedTest
	@MethodSource
	void namespaces(BrokenRequest request) {
		refused(request);
	}

	private static BrokenRequest service(String text, Consumer<CreateServiceRequest.Builder> customizer) {
		return new BrokenRequest("CreateService " + text, (client) -> client
			.createService((request) -> customizer.accept(request.name("worker").namespaceId(NAMESPACE))));
	}

	private static BrokenRequest change(String text, Consumer<ServiceChange.Builder> change) {
		return new BrokenRequest("UpdateService " + text,
				(client) -> client.updateService((request) -> request.id(SERVICE).service(change)));
	}

	private static List<DnsRecord> records(String type, long ttl) {
		return List.of(DnsRecord.builder().type(type).ttl(ttl).build());
	}

	@SuppressWarnings("deprecation")
	static Stream<BrokenRequest> services() {
		List<BrokenRequest> all = new ArrayList<>();
		for (String name : List.of("", "with blank", "-hyphen", "hyphen-", "a..b", ".a", "a.", "l".repeat(64),
				"a.".repeat(63) + "bc", "a/b")) {
			all.add(service("Name " + name, (request) -> request.name(name)));
		}
		for (long ttl : List.of(-1L, 2147483648L)) {
			all.add(service("TTL " + ttl, (request) -> request.dnsConfig((dns) -> dns.dnsRecords(records("A", ttl)))));
			all.add(change("TTL " + ttl, (change) -> change.dnsConfig((dns) -> dns.dnsRecords(records("A", ttl)))));
		}
		for (int threshold : List.of(0, 11)) {
			all.add(service("FailureThreshold " + threshold,
					(request) -> request.healthCheckConfig((check) -> check.type("HTTP").failureThreshold(threshold))));
			all.add(service("custom FailureThreshold " + threshold,
					(request) -> request.healthCheckCustomConfig((check) -> check.failureThreshold(threshold))));
			all.add(change("FailureThreshold " + threshold,
					(change) -> change.healthCheckConfig((check) -> check.type("HTTP").failureThreshold(threshold))));
		}
		String path = "/" + "p".repeat(255);
		return Stream.concat(all.stream(),
				Stream.of(service("NamespaceId", (request) -> request.namespaceId(LONG_ID)),
						service("CreatorRequestId", (request) -> request.creatorRequestId("r".repeat(65))),
						service("Description", (request) -> request.description("d".repeat(1025))),
						service("Type", (request) -> request.type("DNS_HTTP")),
						service("Tags", (request) -> request.tags(tag("k".repeat(129), ""))),
						service("RoutingPolicy",
								(request) -> request.dnsConfig(
										(dns) -> dns.routingPolicy("RANDOM").dnsRecords(records("A", 60)))),
						service("DnsRecord Type",
								(request) -> request.dnsConfig((dns) -> dns.dnsRecords(records("MX", 60)))),
						service("HealthCheckConfig Type",
								(request) -> request.healthCheckConfig((check) -> check.type("UDP"))),
						service("ResourcePath",
								(request) -> request
									.healthCheckConfig((check) -> check.type("HTTP").resourcePath(path))),
						change("Description", (change) -> change.description("d".repeat(1025))), change(
								"DnsRecord Type",
								(change) -> change.dnsConfig((dns) -> dns.dnsRecords(records("MX", 60)))),
						change("HealthCheckConfig Type",
								(change) -> change.healthCheckConfig((check) -> check.type("UDP"))),
						change("ResourcePath",
								(change) -> change.healthCheckConfig((check) -> check.type("HTTP").resourcePath(path))),
						new BrokenRequest("GetService Id",
								(client) -> client.getService((request) -> request.id(LONG_ID))),
						new BrokenRequest("DeleteService Id",
								(client) -> client.deleteService((request) -> request.id(LONG_ID)))));
	}

	@ParameterizedTest
	@MethodSource
	void services(BrokenRequest request) {
		refused(request);
	}

	private static BrokenRequest update(String text, Map<String, String> attributes) {
		return new BrokenRequest("UpdateServiceAttributes " + text, (client) -> client
			.updateServiceAttributes((request) -> request.serviceId(SERVICE).attributes(attributes)));
	}

	static Stream<BrokenRequest> serviceAttributes() {
		return Stream.of(update("none", Map.of()), update("key", Map.of("k".repeat(256), "")),
				update("value", Map.of("key", "v".repeat(1025))),
				new BrokenRequest("DeleteServiceAttributes none",
						(client) -> client
							.deleteServiceAttributes((request) -> request.serviceId(SERVICE).attributes(List.of()))),
				new BrokenRequest("DeleteServiceAttributes key",
						(client) -> client.deleteServiceAttributes(
								(request) -> request.serviceId(SERVICE).attributes("k".repeat(256)))),
				new BrokenRequest("GetServiceAttributes ServiceId",
						(client) -> client.getServiceAttributes((request) -> request.serviceId(LONG_ID))));
	}

	@ParameterizedTest
	@MethodSource
	void serviceAttributes(BrokenRequest request) {
		refused(request);
	}

	private static BrokenRequest register(String text, String id, Map<String, String> attributes) {
		return new BrokenRequest("RegisterInstance " + text, (client) -> client
			.registerInstance((request) -> request.serviceId(SERVICE).instanceId(id).attributes(attributes)));
	}

	static Stream<BrokenRequest> instances() {
		String longId = "i".repeat(65);
		return Stream.of(register("InstanceId empty", "", Map.of()), register("InstanceId blank", "a b", Map.of()),
				register("InstanceId umlaut", "ü", Map.of()), register("InstanceId comma", "a,b", Map.of()),
				register("InstanceId long", longId, Map.of()), register("key empty", "i", Map.of("", "value")),
				register("key blank", "i", Map.of("a b", "value")),
				register("key long", "i", Map.of("k".repeat(256), "value")),
				register("value long", "i", Map.of("key", "v".repeat(1025))),
				register("value leading blank", "i", Map.of("key", " value")),
				register("value line", "i", Map.of("key", "a\nb")), register("value umlaut", "i", Map.of("key", "ü")),
				new BrokenRequest("RegisterInstance CreatorRequestId",
						(client) -> client.registerInstance((request) -> request.serviceId(SERVICE)
							.instanceId("i")
							.creatorRequestId("r".repeat(65))
							.attributes(Map.of()))),
				new BrokenRequest("RegisterInstance ServiceId",
						(client) -> client.registerInstance(
								(request) -> request.serviceId(LONG_ID).instanceId("i").attributes(Map.of()))),
				new BrokenRequest("DeregisterInstance InstanceId",
						(client) -> client
							.deregisterInstance((request) -> request.serviceId(SERVICE).instanceId(longId))),
				new BrokenRequest("GetInstance InstanceId",
						(client) -> client.getInstance((request) -> request.serviceId(SERVICE).instanceId(longId))),
				new BrokenRequest("GetInstancesHealthStatus Instances",
						(client) -> client
							.getInstancesHealthStatus((request) -> request.serviceId(SERVICE).instances(List.of()))),
				new BrokenRequest("GetInstancesHealthStatus InstanceId",
						(client) -> client
							.getInstancesHealthStatus((request) -> request.serviceId(SERVICE).instances(longId))),
				new BrokenRequest("UpdateInstanceCustomHealthStatus Status",
						(client) -> client.updateInstanceCustomHealthStatus(
								(request) -> request.serviceId(SERVICE).instanceId("i").status("SICK"))),
				new BrokenRequest("UpdateInstanceCustomHealthStatus InstanceId",
						(client) -> client.updateInstanceCustomHealthStatus(
								(request) -> request.serviceId(SERVICE).instanceId(longId).status("HEALTHY"))));
	}

	@ParameterizedTest
	@MethodSource
	void instances(BrokenRequest request) {
		refused(request);
	}

	private static BrokenRequest discover(String text, Consumer<DiscoverInstancesRequest.Builder> customizer) {
		return new BrokenRequest("DiscoverInstances " + text, (client) -> client
			.discoverInstances((request) -> customizer.accept(request.namespaceName("none").serviceName("none"))));
	}

	static Stream<BrokenRequest> discovery() {
		return Stream.of(discover("NamespaceName", (request) -> request.namespaceName("a b")),
				discover("NamespaceName long", (request) -> request.namespaceName("n".repeat(1025))),
				discover("ServiceName", (request) -> request.serviceName("a b")),
				discover("ServiceName long", (request) -> request.serviceName("a.".repeat(63) + "bc")),
				discover("MaxResults 0", (request) -> request.maxResults(0)),
				discover("MaxResults 1001", (request) -> request.maxResults(1001)),
				discover("HealthStatus", (request) -> request.healthStatus("SICK")),
				discover("QueryParameters key", (request) -> request.queryParameters(Map.of("a b", ""))),
				discover("QueryParameters value", (request) -> request.queryParameters(Map.of("key", " value"))),
				discover("OptionalParameters key",
						(request) -> request.optionalParameters(Map.of("k".repeat(256), ""))),
				discover("OptionalParameters value",
						(request) -> request.optionalParameters(Map.of("key", "v".repeat(1025)))),
				discover("OwnerAccount", (request) -> request.ownerAccount("12345678901")),
				new BrokenRequest("DiscoverInstancesRevision NamespaceName",
						(client) -> client
							.discoverInstancesRevision((request) -> request.namespaceName("a b").serviceName("none"))),
				new BrokenRequest("DiscoverInstancesRevision ServiceName",
						(client) -> client
							.discoverInstancesRevision((request) -> request.namespaceName("none").serviceName("-"))),
				new BrokenRequest("DiscoverInstancesRevision OwnerAccount",
						(client) -> client.discoverInstancesRevision((request) -> request.namespaceName("none")
							.serviceName("none")
							.ownerAccount("1234567890123"))));
	}

	@ParameterizedTest
	@MethodSource
	void discovery(BrokenRequest request) {
		refused(request);
	}

}
