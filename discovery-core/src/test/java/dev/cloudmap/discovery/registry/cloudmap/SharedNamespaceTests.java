package dev.cloudmap.discovery.registry.cloudmap;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClientBuilder;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesRequest;
import software.amazon.awssdk.services.servicediscovery.model.GetOperationRequest;
import software.amazon.awssdk.services.servicediscovery.model.ListNamespacesRequest;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;
import software.amazon.awssdk.services.servicediscovery.model.ServiceSummary;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.registry.ListedService;
import dev.cloudmap.discovery.registry.RecordingListener;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy.Scope;
import dev.cloudmap.discovery.registry.cloudmap.NamespaceChoice.Strictness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests a namespace that another account shares with the account of the application.
 */
@ExtendWith(OutputCaptureExtension.class)
class SharedNamespaceTests extends CloudMapFixture {

	private static final String OWNER = "111122223333";

	private static final String CONSUMER = "444455556666";

	private final List<SdkRequest> requests = new CopyOnWriteArrayList<>();

	private final ServiceDiscoveryClient owner = client(OWNER);

	private final ServiceDiscoveryClient consumer = client(CONSUMER);

	private NamespaceSummary shared;

	@BeforeEach
	void createNamespace() {
		this.owner.createPrivateDnsNamespace((request) -> request.name("corp").vpc("vpc-1"));
		this.shared = this.owner.listNamespaces().namespaces().get(0);
		this.requests.clear();
	}

	@Test
	void registersAndFindsInstancesOfANamespaceSelectedByArn() {
		CloudMapRegistry registry = consumer(Scope.SERVICES, this.shared.arn());
		registry.register(instance("i-1", Map.of("color", "blue")));
		assertThat(ids(registry.discover(WORKER))).containsExactly("i-1");
		assertThat(registry.services(CORP)).extracting(ListedService::name).containsExactly("worker");
		assertThat(registry.attributes(WORKER, "i-1"))
			.hasValueSatisfying((attributes) -> assertThat(attributes).containsEntry("color", "blue"));
		registry.reportHealth(WORKER, "i-1", HealthStatus.UNHEALTHY);
		assertThat(registry.discover(WORKER).instances()).extracting(Instance::health)
			.containsExactly(HealthStatus.UNHEALTHY);
		ServiceSummary service = this.owner.listServices().services().get(0);
		assertThat(service.resourceOwner()).isEqualTo(OWNER);
		this.owner
			.updateServiceAttributes((request) -> request.serviceId(service.id()).attributes(Map.of("timeout", "1s")));
		assertThat(registry.attributes(WORKER)).containsEntry("timeout", "1s");
		long revision = registry.revision(WORKER);
		registry.deregister(WORKER, "i-1");
		assertThat(registry.revision(WORKER)).isGreaterThan(revision);
		assertThat(registry.discover(WORKER).isEmpty()).isTrue();
		assertThat(registry.attributes(WORKER, "i-1")).isEmpty();
	}

	@Test
	void ownerAndConsumerSeeTheSameInstances() {
		CloudMapRegistry consumer = consumer(Scope.SERVICES, this.shared.arn());
		consumer.register(instance("of-consumer"));
		CloudMapRegistry owner = registry(this.owner, creation(Scope.SERVICES));
		owner.register(instance("of-owner"));
		assertThat(ids(owner.discover(WORKER))).containsExactlyInAnyOrder("of-consumer", "of-owner");
		assertThat(ids(consumer.discover(WORKER))).containsExactlyInAnyOrder("of-consumer", "of-owner");
		owner.deregister(WORKER, "of-consumer");
		assertThat(ids(consumer.discover(WORKER))).containsExactly("of-owner");
	}

	@Test
	void waitsForASlowOperationInTheSharedNamespace() {
		this.server.changeEmulation((emulation) -> emulation.withOperationDelay(Duration.ofMillis(100)));
		CloudMapRegistry registry = consumer(Scope.SERVICES, this.shared.arn());
		registry.register(instance("i-1"));
		assertThat(ids(registry.discover(WORKER))).containsExactly("i-1");
		assertThat(of(GetOperationRequest.class)).hasSizeGreaterThan(1)
			.extracting(GetOperationRequest::ownerAccount)
			.containsOnly(OWNER);
	}

	@Test
	void findsServicesThatExist() {
		registry(this.owner, creation(Scope.SERVICES)).register(instance("of-owner"));
		CloudMapRegistry registry = consumer(Scope.NONE, this.shared.arn());
		registry.register(instance("of-consumer"));
		assertThat(ids(registry.discover(WORKER))).containsExactlyInAnyOrder("of-consumer", "of-owner");
	}

	@Test
	void watchesTheSharedNamespace() {
		CloudMapRegistry registry = consumer(Scope.SERVICES, this.shared.arn());
		registry.register(instance("i-1"));
		RecordingListener listener = new RecordingListener();
		Watch watch = keep(registry.watch(CORP, listener));
		await().until(watch::isLive);
		registry(this.owner, creation(Scope.SERVICES)).register(instance("i-2"));
		await().until(() -> listener.events.contains("worker"));
	}

	@Test
	void ownNamespaceHasPrecedenceOverASharedOneOfTheSameName() {
		this.consumer.createHttpNamespace((request) -> request.name("corp"));
		this.requests.clear();
		CloudMapRegistry own = consumer(Scope.SERVICES);
		own.register(instance("in-own"));
		CloudMapRegistry shared = consumer(Scope.SERVICES, this.shared.arn());
		shared.register(instance("in-shared"));
		assertThat(ids(own.discover(WORKER))).containsExactly("in-own");
		assertThat(ids(shared.discover(WORKER))).containsExactly("in-shared");
		assertThat(of(ListNamespacesRequest.class)).hasSize(3);
		assertThat(of(DiscoverInstancesRequest.class)).extracting(DiscoverInstancesRequest::ownerAccount)
			.containsExactly(null, OWNER);
		assertThat(own.hasNamesakes(CORP)).isTrue();
	}

	@Test
	void ownNamespacesOfTheSameNameStayAmbiguous() {
		for (String vpc : List.of("vpc-1", "vpc-2")) {
			this.consumer.createPrivateDnsNamespace((request) -> request.name("corp").vpc(vpc));
		}
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> consumer(Scope.SERVICES).register(instance("i-1")))
			.withMessageContaining("There are 2 namespaces named 'corp'")
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain(this.shared.id()));
	}

	@Test
	void namespacesOfSeveralOtherAccountsAreListedWithTheirArns() {
		ServiceDiscoveryClient third = client("777788889999");
		third.createHttpNamespace((request) -> request.name("corp"));
		List<String> arns = third.listNamespaces().namespaces().stream().map(NamespaceSummary::arn).toList();
		assertThat(arns).hasSize(2).contains(this.shared.arn());
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> consumer(Scope.SERVICES).register(instance("i-1")))
			.satisfies((ex) -> assertThat(ex.getMessage()).contains(arns))
			.satisfies((ex) -> assertThat(ex.getAction())
				.startsWith("Set discovery.cloud-map.namespace-ids to the ARN of the one to use"));
	}

	@Test
	void unselectedSharedNamespaceIsAnErrorThatNamesTheArn(CapturedOutput output) {
		for (String[] ids : new String[][] { {}, { this.shared.id() } }) {
			CloudMapRegistry registry = consumer(Scope.SERVICES, ids);
			assertThatExceptionOfType(NotRegisteredException.class).isThrownBy(() -> registry.register(instance("i-1")))
				.withMessageContaining("answered CreateService with NamespaceNotFound")
				.satisfies((ex) -> assertThat(ex.getAction())
					.isEqualTo("If another AWS account shares the namespace with this account, set"
							+ " discovery.cloud-map.namespace-ids to " + this.shared.arn()));
			assertThat(registry.discover(WORKER).isEmpty()).isTrue();
			assertThat(registry.discover(WORKER).isEmpty()).isTrue();
		}
		assertThat(output).contains("is listed, but lookups don't find it. If another AWS account shares");
		assertThat(output.getOut().split("is listed, but lookups", -1)).hasSize(3);
	}

	@Test
	void doesNotCreateANamespaceInsteadOfASharedOne() {
		String arn = this.shared.arn();
		this.owner.deleteNamespace((request) -> request.id(this.shared.id()));
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> consumer(Scope.NAMESPACES, arn).register(instance("i-1")))
			.withMessageContaining("There is no namespace 'corp' among those of this AWS account and those shared")
			.satisfies((ex) -> assertThat(ex.getAction()).contains("AWS RAM", "accept the share"));
		assertThat(this.consumer.listNamespaces().namespaces()).isEmpty();
	}

	/** As in an embedded registry, with the configuration for AWS. */
	@Test
	void preferredArnAllowsAnotherNamespace() {
		String arn = this.shared.arn();
		this.owner.deleteNamespace((request) -> request.id(this.shared.id()));
		CloudMapRegistry caller = registry(this.consumer, preferring(arn));
		assertThat(caller.discover(WORKER).isEmpty()).isTrue();
		registry(this.consumer, preferring(arn)).register(instance("i-1"));
		assertThat(ids(caller.discover(WORKER))).containsExactly("i-1");
	}

	private static CreationPolicy preferring(String arn) {
		return new CreationPolicy(Scope.NAMESPACES, "this-machine",
				new NamespaceChoice(List.of(arn), "this-machine", Strictness.PREFERRED));
	}

	@Test
	void namespaceThatIsNoLongerSharedLosesItsInstances() {
		CloudMapRegistry registry = consumer(Scope.SERVICES, this.shared.arn());
		registry.register(instance("i-1"));
		registry.deregister(WORKER, "i-1");
		String service = this.owner.listServices().services().get(0).id();
		this.owner.deleteService((request) -> request.id(service));
		this.owner.deleteNamespace((request) -> request.id(this.shared.id()));
		assertThat(registry.discover(WORKER).isEmpty()).isTrue();
		assertThat(registry.services(CORP)).isEmpty();
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> registry.register(instance("i-1")))
			.withMessageContaining("There is no namespace 'corp'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "arn:", "arn:aws:servicediscovery:us-east-1:111122223333:service/srv-1",
			"arn:aws:servicediscovery:us-east-1:1111:namespace/ns-1",
			"arn:aws:ecs:us-east-1:111122223333:namespace/ns-1",
			"arn:aws:servicediscovery:us-east-1:111122223333:namespace/" })
	void rejectsOtherArns(String arn) {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> new NamespaceChoice(List.of(arn), null, Strictness.REQUIRED))
			.withMessageContaining("found " + arn)
			.withMessageContaining("expected arn:aws:servicediscovery:<region>:<account of 12 digits>:namespace/<id>");
	}

	@Test
	void acceptsArnsOfAllPartitions() {
		for (String partition : List.of("aws", "aws-cn", "aws-us-gov")) {
			NamespaceChoice choice = new NamespaceChoice(
					List.of("arn:" + partition + ":servicediscovery:x-1:111122223333:namespace/ns-1"), null,
					Strictness.REQUIRED);
			assertThat(choice.onlyOwner()).isEqualTo(OWNER);
		}
	}

	private CloudMapRegistry consumer(Scope scope, String... ids) {
		return registry(this.consumer, creation(scope, ids));
	}

	private CloudMapRegistry registry(ServiceDiscoveryClient client, CreationPolicy creation) {
		return registry(client, this.server.endpoint(), creation, null);
	}

	private static CreationPolicy creation(Scope scope, String... ids) {
		return new CreationPolicy(scope, null, new NamespaceChoice(List.of(ids), null, Strictness.REQUIRED));
	}

	private <T extends SdkRequest> List<T> of(Class<T> type) {
		return this.requests.stream().filter(type::isInstance).map(type::cast).toList();
	}

	private ServiceDiscoveryClient client(String account) {
		URI endpoint = this.server.endpoint();
		ServiceDiscoveryClientBuilder builder = TestClients.retryingAtOnce(endpoint,
				StaticCredentialsProvider.create(AwsBasicCredentials.create(account, "secret")));
		return keep(builder.overrideConfiguration(
				builder.overrideConfiguration().toBuilder().addExecutionInterceptor(new ExecutionInterceptor() {

					@Override
					public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
						SharedNamespaceTests.this.requests.add(context.request());
					}

				}).build())
			.build());
	}

}
