package dev.cloudmap.registry.api.operation;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesRequest;
import software.amazon.awssdk.services.servicediscovery.model.HealthCheckCustomConfig;
import software.amazon.awssdk.services.servicediscovery.model.HttpInstanceSummary;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceAlreadyExistsException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilter;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilterName;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;
import software.amazon.awssdk.services.servicediscovery.model.Operation;
import software.amazon.awssdk.services.servicediscovery.model.OperationNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.OperationTargetType;
import software.amazon.awssdk.services.servicediscovery.model.ResourceLimitExceededException;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.servicediscovery.model.ServiceAlreadyExistsException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilter;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilterName;
import software.amazon.awssdk.services.servicediscovery.model.ServiceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceSummary;

import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.state.emulation.Emulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests accounts, which are access keys of 12 digits, and namespaces that an account
 * shares with another one.
 */
class SharedNamespaceTests {

	private static final String OWNER = "111122223333";

	private static final String CONSUMER = "444455556666";

	private final TestRegistry registry = TestRegistry.start();

	private final ServiceDiscoveryClient owner = client(OWNER);

	private final ServiceDiscoveryClient consumer = client(CONSUMER);

	private NamespaceSummary shared;

	@BeforeEach
	void createNamespace() {
		this.owner.createHttpNamespace((request) -> request.name("corp"));
		this.shared = this.owner.listNamespaces().namespaces().get(0);
	}

	@AfterEach
	void close() {
		this.owner.close();
		this.consumer.close();
		this.registry.close();
	}

	@Test
	void accessKeyOfTwelveDigitsIsTheAccount() {
		assertThat(this.shared.resourceOwner()).isEqualTo(OWNER);
		assertThat(this.shared.arn())
			.isEqualTo("arn:aws:servicediscovery:eu-west-1:" + OWNER + ":namespace/" + this.shared.id());
		for (String key : List.of("id", "11112222333", "1111222233334", "AKIA11112222")) {
			try (ServiceDiscoveryClient other = client(key)) {
				String name = "of-" + key;
				other.createHttpNamespace((request) -> request.name(name));
				assertThat(other
					.listNamespaces((request) -> request
						.filters(NamespaceFilter.builder().name(NamespaceFilterName.NAME).values(name).build()))
					.namespaces()).extracting(NamespaceSummary::resourceOwner).containsExactly("000000000000");
			}
		}
	}

	@Test
	void listsNamespacesByOwner() {
		this.consumer.createHttpNamespace((request) -> request.name("own"));
		assertThat(this.consumer.listNamespaces().namespaces()).extracting(NamespaceSummary::name)
			.containsExactlyInAnyOrder("corp", "own");
		assertThat(names(this.consumer, "SELF")).containsExactly("own");
		assertThat(names(this.consumer, "OTHER_ACCOUNTS")).containsExactly("corp");
		assertThat(names(this.owner, "SELF")).containsExactly("corp");
	}

	@Test
	void namespaceOfAnotherAccountNeedsItsArn() {
		assertThatExceptionOfType(NamespaceNotFoundException.class)
			.isThrownBy(() -> this.consumer.getNamespace((request) -> request.id(this.shared.id())))
			.withMessageContaining(
					"The account " + CONSUMER + " has no namespace with the id '" + this.shared.id() + "'");
		assertThatExceptionOfType(NamespaceNotFoundException.class).isThrownBy(
				() -> this.consumer.getNamespace((request) -> request.id(this.shared.arn().replace(OWNER, CONSUMER))));
		assertThatExceptionOfType(NamespaceNotFoundException.class).isThrownBy(
				() -> this.consumer.createService((request) -> request.name("worker").namespaceId(this.shared.id())));
		assertThat(this.consumer.getNamespace((request) -> request.id(this.shared.arn())).namespace().resourceOwner())
			.isEqualTo(OWNER);
		assertThat(this.owner.getNamespace((request) -> request.id(this.shared.id())).namespace().name())
			.isEqualTo("corp");
	}

	@Test
	void serviceOfAnotherAccountNeedsItsArn() {
		Service service = createService();
		assertThat(service.arn()).isEqualTo("arn:aws:servicediscovery:eu-west-1:" + OWNER + ":service/" + service.id());
		assertThat(service.resourceOwner()).isEqualTo(OWNER);
		List<Consumer<String>> calls = List.of((id) -> this.consumer.getService((request) -> request.id(id)),
				(id) -> this.consumer.listInstances((request) -> request.serviceId(id)),
				(id) -> this.consumer.getInstancesHealthStatus((request) -> request.serviceId(id)),
				(id) -> this.consumer.getServiceAttributes((request) -> request.serviceId(id)),
				(id) -> this.consumer
					.updateServiceAttributes((request) -> request.serviceId(id).attributes(Map.of("a", "b"))),
				(id) -> this.consumer.deleteServiceAttributes((request) -> request.serviceId(id).attributes("a")),
				(id) -> this.consumer.registerInstance((request) -> request.serviceId(id)
					.instanceId("i-1")
					.attributes(Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"))),
				(id) -> this.consumer.getInstance((request) -> request.serviceId(id).instanceId("i-1")),
				(id) -> this.consumer.updateInstanceCustomHealthStatus(
						(request) -> request.serviceId(id).instanceId("i-1").status("UNHEALTHY")),
				(id) -> this.consumer.deregisterInstance((request) -> request.serviceId(id).instanceId("i-1")),
				(id) -> this.consumer.deleteService((request) -> request.id(id)));
		for (Consumer<String> call : calls) {
			assertThatExceptionOfType(ServiceNotFoundException.class).isThrownBy(() -> call.accept(service.id()))
				.withMessageContaining("A service of another account needs its ARN");
			assertThatNoException().isThrownBy(() -> call.accept(service.arn()));
		}
	}

	@Test
	void listsServicesOfASharedNamespaceByItsArn() {
		createService();
		assertThat(services(this.shared.arn())).extracting(ServiceSummary::resourceOwner).containsExactly(OWNER);
		assertThat(services(this.shared.id())).isEmpty();
		assertThat(this.consumer
			.listServices((request) -> request
				.filters(ServiceFilter.builder().name(ServiceFilterName.RESOURCE_OWNER).values("SELF").build()))
			.services()).isEmpty();
	}

	@Test
	void existingServiceIsReportedWithItsArn() {
		Service service = createService();
		assertThatExceptionOfType(ServiceAlreadyExistsException.class).isThrownBy(this::createService)
			.satisfies((ex) -> assertThat(ex.serviceArn()).isEqualTo(service.arn()));
	}

	@Test
	void discoveryNeedsOwnerAccount() {
		Service service = createService();
		this.consumer.registerInstance((request) -> request.serviceId(service.arn())
			.instanceId("i-1")
			.attributes(Map.of("AWS_INSTANCE_IPV4", "10.0.0.1")));
		for (String account : new String[] { null, CONSUMER, "999999999999" }) {
			assertThatExceptionOfType(NamespaceNotFoundException.class).isThrownBy(() -> discover(account))
				.withMessageContaining("OwnerAccount");
			assertThatExceptionOfType(NamespaceNotFoundException.class)
				.isThrownBy(() -> this.consumer.discoverInstancesRevision(
						(request) -> request.namespaceName("corp").serviceName("worker").ownerAccount(account)));
		}
		assertThat(discover(OWNER)).containsExactly("i-1");
		assertThat(this.consumer
			.discoverInstancesRevision(
					(request) -> request.namespaceName("corp").serviceName("worker").ownerAccount(OWNER))
			.instancesRevision()).isPositive();
	}

	@Test
	void operationInASharedNamespaceNeedsOwnerAccount() {
		Service service = createService();
		String id = this.consumer
			.registerInstance((request) -> request.serviceId(service.arn())
				.instanceId("i-1")
				.attributes(Map.of("AWS_INSTANCE_IPV4", "10.0.0.1")))
			.operationId();
		for (String account : new String[] { null, CONSUMER, "999999999999" }) {
			assertThatExceptionOfType(OperationNotFoundException.class)
				.isThrownBy(
						() -> this.consumer.getOperation((request) -> request.operationId(id).ownerAccount(account)))
				.withMessageContaining("in the account");
		}
		Operation operation = this.consumer.getOperation((request) -> request.operationId(id).ownerAccount(OWNER))
			.operation();
		assertThat(operation.ownerAccount()).isEqualTo(OWNER);
		assertThat(operation.targets()).containsEntry(OperationTargetType.INSTANCE, "i-1");
	}

	@Test
	void accountsHaveNamespacesOfTheSameName() {
		this.consumer.createHttpNamespace((request) -> request.name("corp"));
		assertThat(this.consumer.listNamespaces().namespaces()).hasSize(2)
			.extracting((namespace) -> namespace.properties().httpProperties().httpName())
			.doesNotHaveDuplicates();
		assertThatExceptionOfType(NamespaceAlreadyExistsException.class)
			.isThrownBy(() -> this.consumer.createHttpNamespace((request) -> request.name("corp")));
	}

	@Test
	void eachAccountHasItsQuota() {
		this.registry.server().changeEmulation(Emulation::withQuotas);
		for (int i = 0; i < 50; i++) {
			String name = "own-" + i;
			this.consumer.createHttpNamespace((request) -> request.name(name));
		}
		assertThatExceptionOfType(ResourceLimitExceededException.class)
			.isThrownBy(() -> this.consumer.createHttpNamespace((request) -> request.name("one-more")))
			.withMessageContaining("There are 50 namespaces");
	}

	private Service createService() {
		return this.consumer
			.createService((request) -> request.name("worker")
				.namespaceId(this.shared.arn())
				.healthCheckCustomConfig(HealthCheckCustomConfig.builder().build()))
			.service();
	}

	private List<ServiceSummary> services(String namespace) {
		return this.consumer
			.listServices((request) -> request
				.filters(ServiceFilter.builder().name(ServiceFilterName.NAMESPACE_ID).values(namespace).build()))
			.services();
	}

	private List<String> discover(String account) {
		DiscoverInstancesRequest request = DiscoverInstancesRequest.builder()
			.namespaceName("corp")
			.serviceName("worker")
			.ownerAccount(account)
			.build();
		return this.consumer.discoverInstances(request)
			.instances()
			.stream()
			.map(HttpInstanceSummary::instanceId)
			.toList();
	}

	private static List<String> names(ServiceDiscoveryClient client, String owner) {
		return client
			.listNamespaces((request) -> request
				.filters(NamespaceFilter.builder().name(NamespaceFilterName.RESOURCE_OWNER).values(owner).build()))
			.namespaces()
			.stream()
			.map(NamespaceSummary::name)
			.toList();
	}

	private ServiceDiscoveryClient client(String accessKey) {
		return this.registry.client(AwsBasicCredentials.create(accessKey, "secret"), Region.EU_WEST_1);
	}

}
