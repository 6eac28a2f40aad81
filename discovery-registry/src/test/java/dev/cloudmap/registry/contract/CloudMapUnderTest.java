package dev.cloudmap.registry.contract;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClientBuilder;
import software.amazon.awssdk.services.servicediscovery.model.CreateServiceRequest;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesRequest;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesResponse;
import software.amazon.awssdk.services.servicediscovery.model.DnsRecord;
import software.amazon.awssdk.services.servicediscovery.model.HealthCheckCustomConfig;
import software.amazon.awssdk.services.servicediscovery.model.InstanceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.Namespace;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilter;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilterName;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.Operation;
import software.amazon.awssdk.services.servicediscovery.model.OperationStatus;
import software.amazon.awssdk.services.servicediscovery.model.OperationTargetType;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilter;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilterName;
import software.amazon.awssdk.services.servicediscovery.model.ServiceNotFoundException;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The Cloud Map endpoint that the contract suite calls, as configured by
 * {@link ContractTarget}, with the resources that the tests of a class share.
 */
final class CloudMapUnderTest implements BeforeAllCallback, AfterAllCallback {

	/** A placeholder VPC for endpoints that do not check whether the VPC exists. */
	static final String PLACEHOLDER_VPC = "vpc-0a1b2c3d4e5f67890";

	/** Prefix of the names of resources that this class creates. */
	private final String prefix = ContractTarget.prefixOfRun() + randomText(10);

	private final AtomicInteger names = new AtomicInteger();

	private final Duration timeout;

	private TestRegistry registry;

	private ServiceDiscoveryClient client;

	private Namespace httpNamespace;

	private Namespace privateNamespace;

	private Namespace publicNamespace;

	CloudMapUnderTest() {
		this(Duration.ofSeconds((ContractTarget.isAws() || ContractTarget.endpoint() != null) ? 300 : 5));
	}

	private CloudMapUnderTest(Duration timeout) {
		this.timeout = timeout;
	}

	/**
	 * Creates a context for a client. The caller closes the client.
	 * @param client the client
	 * @param timeout the maximum time to wait for a condition
	 */
	static CloudMapUnderTest of(ServiceDiscoveryClient client, Duration timeout) {
		CloudMapUnderTest cloudMap = new CloudMapUnderTest(timeout);
		cloudMap.client = client;
		return cloudMap;
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		ServiceDiscoveryClientBuilder builder = ServiceDiscoveryClient.builder()
			.httpClientBuilder(UrlConnectionHttpClient.builder())
			.region(Region.of(ContractTarget.region()))
			.credentialsProvider(ContractTarget.credentials());
		if (!ContractTarget.isAws()) {
			builder.endpointOverride(endpoint());
		}
		builder.overrideConfiguration((configuration) -> configuration
			.putAdvancedOption(SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, !ContractTarget.isAws())
			// AWS throttles its control plane at a few requests per second.
			.retryStrategy((retry) -> retry.maxAttempts((this.registry != null) ? 1 : 10)));
		this.client = builder.build();
	}

	private URI endpoint() {
		String given = ContractTarget.endpoint();
		if (given != null) {
			return URI.create(given);
		}
		this.registry = TestRegistry.start();
		return this.registry.endpoint();
	}

	@Override
	public void afterAll(ExtensionContext context) {
		try {
			new Sweeper(this, this.prefix).sweep();
		}
		finally {
			this.client.close();
			if (this.registry != null) {
				this.registry.close();
			}
		}
	}

	ServiceDiscoveryClient client() {
		return this.client;
	}

	/**
	 * Returns a unique name.
	 */
	String uniqueName() {
		return this.prefix + "-" + this.names.incrementAndGet();
	}

	/**
	 * Returns a unique domain name under a reserved top-level domain.
	 */
	String uniqueDomain() {
		return uniqueName() + ".test";
	}

	/**
	 * Returns an unused id in the format of namespaces (ns) and services (srv).
	 */
	static String unknownId(String kind) {
		return kind + "-" + randomText(16);
	}

	static String randomText(int length) {
		return UUID.randomUUID().toString().replace("-", "").concat("0000").substring(0, length);
	}

	/**
	 * Returns the VPC for private DNS namespaces. Skips the test if AWS has none.
	 */
	String vpc() {
		String given = ContractTarget.vpc();
		Assumptions.assumeTrue(given != null || !ContractTarget.isAws(), "Needs CLOUD_MAP_CONTRACT_VPC");
		return (given != null) ? given : PLACEHOLDER_VPC;
	}

	/**
	 * Skips a test that requires another AWS resource, such as an EC2 instance.
	 */
	void assumePlaceholderResources() {
		Assumptions.assumeFalse(ContractTarget.isAws(), "Needs a resource that exists in the account");
	}

	/**
	 * Skips a test that takes long to exhaust a quota, which an account can also raise.
	 */
	void assumeQuotasCanBeExhausted() {
		Assumptions.assumeFalse(ContractTarget.isAws(), "Needs a quota to be used up");
	}

	ConditionFactory await() {
		return Awaitility.await()
			.atMost(this.timeout)
			.pollDelay(Duration.ZERO)
			.pollInterval((count, previous) -> ContractTarget.isAws() ? Duration.ofSeconds(1)
					: Duration.ofMillis(Math.min(20L * count, 1000)))
			.pollInSameThread();
	}

	/**
	 * Waits for a condition that eventually consistent reads may show late.
	 */
	void eventually(ThrowingRunnable assertion) {
		await()
			.ignoreExceptionsMatching((ex) -> ex instanceof NamespaceNotFoundException
					|| ex instanceof ServiceNotFoundException || ex instanceof InstanceNotFoundException)
			.untilAsserted(assertion);
	}

	/**
	 * Waits for the end of an operation.
	 */
	Operation end(String operationId) {
		return await().until(() -> this.client.getOperation((request) -> request.operationId(operationId)).operation(),
				(operation) -> operation.status() == OperationStatus.SUCCESS
						|| operation.status() == OperationStatus.FAIL);
	}

	/**
	 * Waits for the success of an operation.
	 */
	Operation succeed(String operationId) {
		Operation operation = end(operationId);
		assertThat(operation.status()).as(() -> operation.errorCode() + ": " + operation.errorMessage())
			.isEqualTo(OperationStatus.SUCCESS);
		return operation;
	}

	/**
	 * Returns the HTTP namespace that all tests of the class share.
	 */
	synchronized Namespace httpNamespace() {
		if (this.httpNamespace == null) {
			this.httpNamespace = createHttpNamespace();
		}
		return this.httpNamespace;
	}

	/**
	 * Returns the private DNS namespace that all tests of the class share.
	 */
	synchronized Namespace privateNamespace() {
		if (this.privateNamespace == null) {
			this.privateNamespace = createPrivateNamespace(uniqueDomain());
		}
		return this.privateNamespace;
	}

	/**
	 * Returns the public DNS namespace that all tests of the class share.
	 */
	synchronized Namespace publicNamespace() {
		if (this.publicNamespace == null) {
			String name = uniqueDomain();
			this.publicNamespace = namespaceOf(
					this.client.createPublicDnsNamespace((request) -> request.name(name)).operationId());
		}
		return this.publicNamespace;
	}

	/**
	 * Returns a DNS namespace for tests that apply to public and private ones.
	 */
	Namespace dnsNamespace() {
		return (ContractTarget.isAws() && ContractTarget.vpc() == null) ? publicNamespace() : privateNamespace();
	}

	Namespace createHttpNamespace() {
		String name = uniqueName();
		return namespaceOf(this.client.createHttpNamespace((request) -> request.name(name)).operationId());
	}

	Namespace createPrivateNamespace(String name) {
		String vpc = vpc();
		return namespaceOf(
				this.client.createPrivateDnsNamespace((request) -> request.name(name).vpc(vpc)).operationId());
	}

	Namespace namespaceOf(String operationId) {
		return namespace(succeed(operationId).targets().get(OperationTargetType.NAMESPACE));
	}

	Namespace namespace(String id) {
		return this.client.getNamespace((request) -> request.id(id)).namespace();
	}

	/**
	 * Creates a service with a unique name.
	 */
	Service createService(Namespace namespace, Consumer<CreateServiceRequest.Builder> customizer) {
		String name = uniqueName();
		return this.client.createService((request) -> customizer.accept(request.name(name).namespaceId(namespace.id())))
			.service();
	}

	/**
	 * Creates a service with custom health in the HTTP namespace of the class.
	 */
	Service createHttpService() {
		return createService(httpNamespace(),
				(request) -> request.healthCheckCustomConfig(HealthCheckCustomConfig.builder().build()));
	}

	/**
	 * Creates a service in the DNS namespace of the class.
	 */
	Service createDnsService(RoutingPolicy policy, RecordType... types) {
		return createService(dnsNamespace(),
				(request) -> request.dnsConfig((dns) -> dns.routingPolicy(policy).dnsRecords(records(60, types))));
	}

	static List<DnsRecord> records(long ttl, RecordType... types) {
		return List.of(types).stream().map((type) -> DnsRecord.builder().type(type).ttl(ttl).build()).toList();
	}

	/**
	 * Returns a filter for namespaces by name.
	 */
	static NamespaceFilter named(String name) {
		return NamespaceFilter.builder().name(NamespaceFilterName.NAME).values(name).build();
	}

	/**
	 * Returns a filter for services by namespace.
	 */
	static ServiceFilter inNamespace(String namespaceId) {
		return ServiceFilter.builder().name(ServiceFilterName.NAMESPACE_ID).values(namespaceId).build();
	}

	/**
	 * Registers an instance and waits for the end of the operation.
	 */
	Operation register(Service service, String instanceId, Map<String, String> attributes) {
		return succeed(this.client
			.registerInstance(
					(request) -> request.serviceId(service.id()).instanceId(instanceId).attributes(attributes))
			.operationId());
	}

	/**
	 * Registers instances with the same attributes concurrently.
	 */
	void registerAll(Service service, List<String> instanceIds, Map<String, String> attributes) {
		all(instanceIds,
				(id) -> this.client
					.registerInstance(
							(request) -> request.serviceId(service.id()).instanceId(id).attributes(attributes))
					.operationId());
	}

	/**
	 * Deregisters an instance and waits for the end of the operation.
	 */
	Operation deregister(Service service, String instanceId) {
		return succeed(
				this.client.deregisterInstance((request) -> request.serviceId(service.id()).instanceId(instanceId))
					.operationId());
	}

	/**
	 * Starts an operation for each id and waits for all of them.
	 */
	void all(List<String> ids, Function<String, String> operation) {
		ids.stream().map(operation).toList().forEach(this::succeed);
	}

	/**
	 * Discovers instances of a service in the HTTP namespace of the class.
	 */
	DiscoverInstancesResponse discover(Service service, Consumer<DiscoverInstancesRequest.Builder> customizer) {
		return this.client.discoverInstances((request) -> customizer
			.accept(request.namespaceName(httpNamespace().properties().httpProperties().httpName())
				.serviceName(service.name())));
	}

	static String upperCase(String text) {
		return text.toUpperCase(Locale.ROOT);
	}

}
