package dev.cloudmap.registry.contract;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.GetInstanceResponse;
import software.amazon.awssdk.services.servicediscovery.model.Instance;
import software.amazon.awssdk.services.servicediscovery.model.InstanceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.InstanceSummary;
import software.amazon.awssdk.services.servicediscovery.model.ListInstancesResponse;
import software.amazon.awssdk.services.servicediscovery.model.Operation;
import software.amazon.awssdk.services.servicediscovery.model.OperationTargetType;
import software.amazon.awssdk.services.servicediscovery.model.OperationType;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.ResourceLimitExceededException;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.servicediscovery.model.ServiceNotFoundException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Registration and deregistration of instances.
 */
class InstanceContractTests {

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	private static ServiceDiscoveryClient client() {
		return cloudMap.client();
	}

	private static GetInstanceResponse get(String serviceId, String instanceId) {
		return client().getInstance((request) -> request.serviceId(serviceId).instanceId(instanceId));
	}

	private static List<InstanceSummary> list(String serviceId) {
		return client().listInstances((request) -> request.serviceId(serviceId)).instances();
	}

	@Test
	void registersInstance() {
		Service service = cloudMap.createHttpService();
		Map<String, String> attributes = Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_PORT", "8080", "color",
				"blue");
		String requestId = CloudMapUnderTest.randomText(20);
		Operation operation = cloudMap.succeed(
				client()
					.registerInstance((request) -> request.serviceId(service.id())
						.instanceId("one")
						.creatorRequestId(requestId)
						.attributes(attributes))
					.operationId());
		assertThat(operation.type()).isEqualTo(OperationType.REGISTER_INSTANCE);
		assertThat(operation.targets()).containsEntry(OperationTargetType.INSTANCE, "one");
		cloudMap.eventually(() -> {
			GetInstanceResponse response = get(service.id(), "one");
			assertThat(response.resourceOwner()).matches("\\d{12}");
			Instance instance = response.instance();
			assertThat(instance.id()).isEqualTo("one");
			assertThat(instance.attributes()).isEqualTo(attributes);
			assertThat(instance.creatorRequestId()).isEqualTo(requestId);
			assertThat(instance.createdByAccount()).isEqualTo(response.resourceOwner());
		});
	}

	@Test
	void registersInstanceOfServiceWithRecords() {
		Service service = cloudMap.createDnsService(RoutingPolicy.MULTIVALUE, RecordType.A);
		cloudMap.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		cloudMap.eventually(() -> assertThat(get(service.id(), "one").instance().attributes())
			.containsEntry("AWS_INSTANCE_IPV4", "10.0.0.1"));
		cloudMap.deregister(service, "one");
		cloudMap.eventually(() -> assertThat(list(service.id())).isEmpty());
	}

	@ParameterizedTest
	@ValueSource(strings = { "i", "i-0abcd1234", "path/to:port@host.name_1", "UPPER" })
	void acceptsEveryIdOfTheModel(String id) {
		Service service = cloudMap.createHttpService();
		cloudMap.register(service, id, Map.of());
		cloudMap.eventually(() -> assertThat(get(service.id(), id).instance().id()).isEqualTo(id));
	}

	@Test
	void acceptsIdsOfMaximumLength() {
		Service service = cloudMap.createHttpService();
		String id = "i".repeat(64);
		cloudMap.register(service, id, Map.of());
		cloudMap.eventually(() -> assertThat(get(service.id(), id).instance().id()).isEqualTo(id));
	}

	@Test
	void idsAreCaseSensitive() {
		Service service = cloudMap.createHttpService();
		cloudMap.register(service, "one", Map.of("case", "lower"));
		cloudMap.register(service, "ONE", Map.of("case", "upper"));
		cloudMap.eventually(() -> {
			assertThat(get(service.id(), "one").instance().attributes()).containsEntry("case", "lower");
			assertThat(get(service.id(), "ONE").instance().attributes()).containsEntry("case", "upper");
		});
	}

	@Test
	void registrationReplacesAllAttributes() {
		Service service = cloudMap.createHttpService();
		cloudMap.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "color", "blue", "size", "small"));
		cloudMap.register(service, "one", Map.of("color", "green", "shape", "round"));
		cloudMap.eventually(() -> assertThat(get(service.id(), "one").instance().attributes())
			.isEqualTo(Map.of("color", "green", "shape", "round")));
		assertThat(list(service.id())).extracting(InstanceSummary::id).containsExactly("one");
	}

	@Test
	void acceptsRepeatedRegistration() {
		Service service = cloudMap.createHttpService();
		for (int i = 0; i < 2; i++) {
			cloudMap.succeed(
					client()
						.registerInstance((request) -> request.serviceId(service.id())
							.instanceId("one")
							.creatorRequestId("again")
							.attributes(Map.of("color", "blue")))
						.operationId());
		}
		cloudMap
			.eventually(() -> assertThat(list(service.id())).extracting(InstanceSummary::id).containsExactly("one"));
	}

	@Test
	void listsInstances() {
		Service service = cloudMap.createHttpService();
		cloudMap.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "color", "blue"));
		cloudMap.register(service, "two", Map.of());
		cloudMap.eventually(() -> {
			ListInstancesResponse response = client().listInstances((request) -> request.serviceId(service.id()));
			assertThat(response.resourceOwner()).matches("\\d{12}");
			assertThat(response.nextToken()).isNull();
			assertThat(response.instances()).extracting(InstanceSummary::id).containsExactlyInAnyOrder("one", "two");
			assertThat(response.instances()).extracting(InstanceSummary::createdByAccount)
				.containsOnly(response.resourceOwner());
			assertThat(response.instances()).filteredOn((instance) -> instance.id().equals("one"))
				.extracting(InstanceSummary::attributes)
				.containsExactly(Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "color", "blue"));
		});
	}

	@Test
	void limitsInstancesOfService() {
		cloudMap.assumeQuotasCanBeExhausted();
		Service service = cloudMap.createHttpService();
		List<String> ids = IntStream.range(0, 1000).mapToObj((number) -> "i" + number).toList();
		cloudMap.registerAll(service, ids, Map.of());
		assertThatExceptionOfType(ResourceLimitExceededException.class).isThrownBy(() -> client()
			.registerInstance((request) -> request.serviceId(service.id()).instanceId("last").attributes(Map.of())));
		cloudMap.register(service, "i0", Map.of("color", "blue"));
	}

	@Test
	void listsInstancesOfOneServiceOnly() {
		Service service = cloudMap.createHttpService();
		Service other = cloudMap.createHttpService();
		cloudMap.register(service, "one", Map.of());
		cloudMap.register(other, "one", Map.of());
		cloudMap.deregister(other, "one");
		cloudMap.eventually(() -> {
			assertThat(list(service.id())).hasSize(1);
			assertThat(list(other.id())).isEmpty();
		});
	}

	@Test
	void deregistersInstance() {
		Service service = cloudMap.createHttpService();
		cloudMap.registerAll(service, List.of("one", "two"), Map.of());
		Operation operation = cloudMap.deregister(service, "one");
		assertThat(operation.type()).isEqualTo(OperationType.DEREGISTER_INSTANCE);
		assertThat(operation.targets()).containsEntry(OperationTargetType.INSTANCE, "one");
		cloudMap.eventually(() -> {
			assertThatExceptionOfType(InstanceNotFoundException.class).isThrownBy(() -> get(service.id(), "one"));
			assertThatExceptionOfType(InstanceNotFoundException.class).isThrownBy(
					() -> client().deregisterInstance((request) -> request.serviceId(service.id()).instanceId("one")));
			assertThat(list(service.id())).extracting(InstanceSummary::id).containsExactly("two");
		});
	}

	@Test
	void acceptsServiceArn() {
		Service service = cloudMap.createHttpService();
		cloudMap.succeed(client()
			.registerInstance((request) -> request.serviceId(service.arn()).instanceId("one").attributes(Map.of()))
			.operationId());
		cloudMap.eventually(() -> {
			assertThat(get(service.arn(), "one").instance()).isEqualTo(get(service.id(), "one").instance());
			assertThat(list(service.arn())).isEqualTo(list(service.id())).hasSize(1);
		});
		cloudMap.succeed(client().deregisterInstance((request) -> request.serviceId(service.arn()).instanceId("one"))
			.operationId());
		cloudMap.eventually(() -> assertThat(list(service.id())).isEmpty());
	}

	@Test
	void rejectsUnknownInstance() {
		Service service = cloudMap.createHttpService();
		assertThatExceptionOfType(InstanceNotFoundException.class).isThrownBy(() -> get(service.id(), "none"));
		assertThatExceptionOfType(InstanceNotFoundException.class).isThrownBy(
				() -> client().deregisterInstance((request) -> request.serviceId(service.id()).instanceId("none")));
	}

	@Test
	void rejectsUnknownService() {
		String unknown = CloudMapUnderTest.unknownId("srv");
		assertThatExceptionOfType(ServiceNotFoundException.class).isThrownBy(() -> client()
			.registerInstance((request) -> request.serviceId(unknown).instanceId("one").attributes(Map.of())));
		assertThatExceptionOfType(ServiceNotFoundException.class).isThrownBy(() -> get(unknown, "one"));
		assertThatExceptionOfType(ServiceNotFoundException.class).isThrownBy(() -> list(unknown));
		assertThatExceptionOfType(ServiceNotFoundException.class)
			.isThrownBy(() -> client().deregisterInstance((request) -> request.serviceId(unknown).instanceId("one")));
	}

}
