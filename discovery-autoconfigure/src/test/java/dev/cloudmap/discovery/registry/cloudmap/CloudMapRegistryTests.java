package dev.cloudmap.discovery.registry.cloudmap;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.DnsRecord;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceType;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.servicediscovery.model.ServiceSummary;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy.Scope;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The adapter with the SDK's client, against a registry that speaks Cloud Map's API.
 */
@ExtendWith(OutputCaptureExtension.class)
class CloudMapRegistryTests {

	private static final Namespace CORP = new Namespace("corp");

	private static final ServiceName WORKER = new ServiceName(CORP, "worker");

	private static final RegistryOptions OPTIONS = RegistryOptions.defaults().withHttpPort(0).withDnsPort(0);

	private static final CreationPolicy IN_VPC = new CreationPolicy(Scope.NAMESPACES, "vpc-1");

	private final Deque<AutoCloseable> resources = new ArrayDeque<>();

	private RegistryServer server = start(OPTIONS);

	private final ServiceDiscoveryClient client = client(this.server.endpoint());

	private final CloudMapRegistry registry = registry(IN_VPC);

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
	}

	@Test
	void registeringInAVpcMakesANamespaceAndAServiceWithDns() {
		this.registry.register(instance("i-1"));
		assertThat(namespace().type()).isEqualTo(NamespaceType.DNS_PRIVATE);
		Service service = service("worker");
		assertThat(service.dnsConfig().dnsRecords()).containsExactly(
				DnsRecord.builder().type(RecordType.A).ttl(10L).build(),
				DnsRecord.builder().type(RecordType.SRV).ttl(10L).build());
		assertThat(service.healthCheckCustomConfig()).isNotNull();
		assertThat(ids(this.registry.discover(WORKER))).containsExactly("i-1");
	}

	@Test
	void registeringWithoutAVpcMakesANamespaceAndAServiceWithoutDns() {
		CloudMapRegistry withoutVpc = registry(new CreationPolicy(Scope.NAMESPACES, null));
		withoutVpc.register(instance("i-1"));
		assertThat(namespace().type()).isEqualTo(NamespaceType.HTTP);
		assertThat(service("worker").dnsConfig()).isNull();
		assertThat(ids(withoutVpc.discover(WORKER))).containsExactly("i-1");
	}

	@Test
	void anIpv6InstanceMakesAServiceWithAaaaRecords() {
		this.registry.register(new InstanceRegistration(WORKER, "i-1", "2001:db8::1", 8080, Map.of(), definition()));
		assertThat(service("worker").dnsConfig().dnsRecords()).extracting(DnsRecord::type)
			.containsExactly(RecordType.AAAA, RecordType.SRV);
		// as a look-up through DNS gives it
		assertThat(this.registry.discover(WORKER).instances()).extracting(Instance::host)
			.containsExactly("2001:db8:0:0:0:0:0:1");
	}

	@Test
	void noServiceIsMadeWhereThatIsNotAllowed() {
		this.registry.register(instance("i-1"));
		ServiceName other = new ServiceName(CORP, "other");
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> registry(new CreationPolicy(Scope.NONE, null)).register(instance(other, "i-1")))
			.withMessageContaining("There is no service 'other' in namespace 'corp'")
			.satisfies((ex) -> assertThat(ex.getAction()).contains("discovery.cloud-map.create=services"));
		assertThatCode(() -> registry(new CreationPolicy(Scope.NONE, null)).register(instance("i-2")))
			.doesNotThrowAnyException();
		assertThat(this.registry.services(CORP)).containsExactly("worker");
	}

	@Test
	void noNamespaceIsMadeWhereThatIsNotAllowed() {
		CloudMapRegistry servicesOnly = registry(new CreationPolicy(Scope.SERVICES, "vpc-1"));
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> servicesOnly.register(instance("i-1")))
			.withMessageContaining("There is no namespace 'corp'")
			.satisfies((ex) -> assertThat(ex.getAction()).contains("discovery.namespace")
				.contains("discovery.cloud-map.create=namespaces"));
		assertThat(this.client.listNamespaces().namespaces()).isEmpty();
		this.registry.register(instance("i-1"));
		assertThatCode(() -> servicesOnly.register(instance(new ServiceName(CORP, "other"), "i-1")))
			.doesNotThrowAnyException();
	}

	@Test
	void registeringAgainReplacesWhatWasThere() {
		this.registry.register(instance("i-1", Map.of("version", "1", "canary", "true")));
		this.registry.register(instance("i-1", Map.of("version", "2")));
		assertThat(this.registry.discover(WORKER).instances()).singleElement()
			.extracting(Instance::attributes)
			.isEqualTo(Map.of("version", "2"));
	}

	@Test
	void callersSeeAddressPortAndTheApplicationsOwnAttributes() {
		this.registry
			.register(instance("i-1", Map.of("zone", "a", "secure", "false", "AWS_INIT_HEALTH_STATUS", "HEALTHY")));
		InstanceSet found = this.registry.discover(WORKER);
		assertThat(found).isEqualTo(new InstanceSet(WORKER, List.of(new Instance(WORKER, "i-1", "10.0.0.1", 8080,
				HealthStatus.HEALTHY, Map.of("zone", "a", "secure", "false"))), "api"));
	}

	@Test
	void anInstanceWithoutPortTakesTheConfiguredOne() {
		registerWithoutPort();
		assertThat(registry(this.server.endpoint(), IN_VPC, 5000).discover(WORKER).instances()).singleElement()
			.satisfies((instance) -> assertThat(instance.port()).isEqualTo(5000));
	}

	@Test
	void anInstanceWithoutAnyPortIsLeftOutAndItIsSaidWhy(CapturedOutput output) {
		registerWithoutPort();
		assertThat(this.registry.discover(WORKER).instances()).isEmpty();
		assertThat(output).contains("Instance i-1 of worker.corp can't be called")
			.contains("discovery.lookup.services.worker.port");
	}

	@Test
	void unhealthyInstancesAreLeftOutUnlessAllAre() {
		this.registry.register(instance("i-1"));
		this.registry.register(instance("i-2"));
		this.registry.reportHealth(WORKER, "i-1", HealthStatus.UNHEALTHY);
		assertThat(ids(this.registry.discover(WORKER))).containsExactly("i-2");
		this.registry.reportHealth(WORKER, "i-2", HealthStatus.UNHEALTHY);
		assertThat(this.registry.discover(WORKER).instances()).hasSize(2)
			.allSatisfy((instance) -> assertThat(instance.health()).isEqualTo(HealthStatus.UNHEALTHY));
		this.registry.reportHealth(WORKER, "i-1", HealthStatus.HEALTHY);
		assertThat(ids(this.registry.discover(WORKER))).containsExactly("i-1");
	}

	@Test
	void healthOfAnUnknownInstanceIsRefused() {
		assertThatExceptionOfType(NotRegisteredException.class)
			.isThrownBy(() -> this.registry.reportHealth(WORKER, "i-1", HealthStatus.HEALTHY))
			.withMessageContaining("worker.corp");
		this.registry.register(instance("i-1"));
		assertThatExceptionOfType(NotRegisteredException.class)
			.isThrownBy(() -> this.registry.reportHealth(WORKER, "i-2", HealthStatus.HEALTHY))
			.withMessageContaining("i-2");
	}

	@Test
	void anInstanceIsGoneOnceItIsDeregisteredAndThatTwiceIsNoError() {
		this.registry.register(instance("i-1"));
		this.registry.register(instance("i-2"));
		this.registry.deregister(WORKER, "i-1");
		assertThat(ids(this.registry.discover(WORKER))).containsExactly("i-2");
		assertThatCode(() -> {
			this.registry.deregister(WORKER, "i-1");
			this.registry.deregister(new ServiceName(CORP, "unknown"), "i-1");
			this.registry.deregister(new ServiceName(new Namespace("unknown"), "worker"), "i-1");
		}).doesNotThrowAnyException();
	}

	@Test
	void whatDoesNotExistHasNoInstances() {
		assertThat(this.registry.discover(WORKER)).isEqualTo(new InstanceSet(WORKER, List.of(), "api"));
		this.registry.register(instance("i-1"));
		assertThat(this.registry.discover(new ServiceName(CORP, "other")).isEmpty()).isTrue();
	}

	@Test
	void tellsTheServicesOfANamespace() {
		assertThat(this.registry.services(CORP)).isEmpty();
		this.registry.register(instance("i-1"));
		this.registry.register(instance(new ServiceName(CORP, "other"), "i-1"));
		this.registry.register(instance(new ServiceName(new Namespace("lab"), "mouse"), "i-1"));
		assertThat(this.registry.services(CORP)).containsExactlyInAnyOrder("worker", "other");
	}

	@Test
	void aRegistryThatHasForgottenAllIsRegisteredWithAtOnce() {
		this.registry.register(instance("i-1"));
		replaceServer();
		assertThat(this.registry.discover(WORKER).isEmpty()).isTrue();
		this.registry.register(instance("i-1"));
		assertThat(ids(this.registry.discover(WORKER))).containsExactly("i-1");
	}

	@Test
	void healthReportedToARegistryThatHasForgottenAllAsksForRegistration() {
		this.registry.register(instance("i-1"));
		replaceServer();
		assertThatExceptionOfType(NotRegisteredException.class)
			.isThrownBy(() -> this.registry.reportHealth(WORKER, "i-1", HealthStatus.HEALTHY));
	}

	@Test
	void healthIsReportedThoughIdsHaveChanged() {
		this.registry.register(instance("i-1"));
		replaceServer();
		registry(IN_VPC).register(instance("i-1"));
		this.registry.reportHealth(WORKER, "i-1", HealthStatus.UNHEALTHY);
		assertThat(this.registry.discover(WORKER).instances()).extracting(Instance::health)
			.containsExactly(HealthStatus.UNHEALTHY);
	}

	@Test
	void tellsTheServicesThoughIdsHaveChanged() {
		this.registry.register(instance("i-1"));
		assertThat(this.registry.services(CORP)).containsExactly("worker");
		replaceServer();
		assertThat(this.registry.services(CORP)).isEmpty();
		registry(IN_VPC).register(instance("i-1"));
		assertThat(this.registry.services(CORP)).containsExactly("worker");
		replaceServer();
		registry(IN_VPC).register(instance(new ServiceName(CORP, "other"), "i-1"));
		assertThat(this.registry.services(CORP)).containsExactly("other");
	}

	@Test
	void waitsUntilAnOperationHasEnded() {
		RegistryServer slow = start(OPTIONS.withOperationDelay(Duration.ofMillis(300)));
		CloudMapRegistry registry = registry(slow.endpoint(), IN_VPC, null);
		registry.register(instance("i-1"));
		assertThat(ids(registry.discover(WORKER))).containsExactly("i-1");
		registry.deregister(WORKER, "i-1");
		assertThat(registry.discover(WORKER).isEmpty()).isTrue();
	}

	@Test
	void whatIsRegisteredLastWinsOverWhatIsStillGoingOn() {
		RegistryServer slow = start(OPTIONS.withOperationDelay(Duration.ofMillis(500)));
		ServiceDiscoveryClient other = client(slow.endpoint());
		CloudMapRegistry registry = registry(slow.endpoint(), IN_VPC, null);
		registry.register(instance("i-0"));
		String id = other.listServices().services().get(0).id();
		Map<String, String> attributes = Map.of("AWS_INSTANCE_IPV4", "10.0.0.9", "AWS_INSTANCE_PORT", "9999");
		other.registerInstance((request) -> request.serviceId(id).instanceId("i-1").attributes(attributes));
		registry.register(instance("i-1"));
		assertThat(registry.discover(WORKER).instances()).extracting(Instance::host)
			.containsExactly("10.0.0.1", "10.0.0.1");
		other.registerInstance((request) -> request.serviceId(id).instanceId("i-1").attributes(attributes));
		registry.deregister(WORKER, "i-1");
		assertThat(ids(registry.discover(WORKER))).containsExactly("i-0");
		other.deregisterInstance((request) -> request.serviceId(id).instanceId("i-0"));
		registry.register(instance("i-0"));
		assertThat(ids(registry.discover(WORKER))).containsExactly("i-0");
	}

	@Test
	void manyApplicationsRegisterANewServiceAtTheSameTime() throws Exception {
		registerConcurrently(this.server);
	}

	@Test
	void manyApplicationsRegisterANewServiceAtTheSameTimeWhereThatTakesLong() throws Exception {
		registerConcurrently(start(OPTIONS.withOperationDelay(Duration.ofMillis(200))));
	}

	private void registerConcurrently(RegistryServer shared) throws Exception {
		int applications = 8;
		List<CloudMapRegistry> registries = IntStream.range(0, applications)
			.mapToObj((i) -> registry(shared.endpoint(), IN_VPC, null))
			.toList();
		CyclicBarrier together = new CyclicBarrier(applications);
		ExecutorService executor = Executors.newFixedThreadPool(applications);
		this.resources.push(executor::shutdownNow);
		List<Future<?>> registrations = new ArrayList<>();
		for (int i = 0; i < applications; i++) {
			InstanceRegistration instance = instance("i-" + i);
			CloudMapRegistry registry = registries.get(i);
			registrations.add(executor.submit(() -> {
				together.await(30, TimeUnit.SECONDS);
				registry.register(instance);
				return null;
			}));
		}
		for (Future<?> registration : registrations) {
			registration.get(30, TimeUnit.SECONDS);
		}
		CloudMapRegistry registry = registry(shared.endpoint(), IN_VPC, null);
		assertThat(registry.discover(WORKER).instances()).hasSize(applications);
		assertThat(registry.services(CORP)).containsExactly("worker");
	}

	/**
	 * Another registry takes the port over, and knows nothing.
	 */
	private void replaceServer() {
		int port = this.server.httpAddress().getPort();
		this.server.close();
		this.server = start(OPTIONS.withHttpPort(port));
	}

	private void registerWithoutPort() {
		registry(new CreationPolicy(Scope.NAMESPACES, null)).register(instance("i-1"));
		String id = this.client.listServices().services().get(0).id();
		this.client.registerInstance((request) -> request.serviceId(id)
			.instanceId("i-1")
			.attributes(Map.of("AWS_INSTANCE_IPV4", "10.0.0.1")));
	}

	private NamespaceSummary namespace() {
		List<NamespaceSummary> namespaces = this.client.listNamespaces().namespaces();
		assertThat(namespaces).extracting(NamespaceSummary::name).containsExactly("corp");
		return namespaces.get(0);
	}

	private Service service(String name) {
		List<ServiceSummary> services = this.client.listServices().services();
		assertThat(services).extracting(ServiceSummary::name).containsExactly(name);
		return this.client.getService((request) -> request.id(services.get(0).id())).service();
	}

	private RegistryServer start(RegistryOptions options) {
		RegistryServer started = RegistryServer.start(options);
		this.resources.push(started);
		return started;
	}

	private ServiceDiscoveryClient client(URI endpoint) {
		ServiceDiscoveryClient built = CloudMapClients
			.builder(new CloudMapConnection(endpoint, "us-east-1", AnonymousCredentialsProvider.create(), null))
			.build();
		this.resources.push(built);
		return built;
	}

	private CloudMapRegistry registry(CreationPolicy creation) {
		return registry(this.server.endpoint(), creation, null);
	}

	private CloudMapRegistry registry(URI endpoint, CreationPolicy creation, Integer defaultPort) {
		return new CloudMapRegistry(client(endpoint),
				new RegistryInfo("cloud-map", endpoint.toString(), null, Set.of()), creation, null,
				(service) -> defaultPort);
	}

	private static InstanceRegistration instance(String id) {
		return instance(id, Map.of());
	}

	private static InstanceRegistration instance(String id, Map<String, String> attributes) {
		return new InstanceRegistration(WORKER, id, "10.0.0.1", 8080, attributes, definition());
	}

	private static InstanceRegistration instance(ServiceName service, String id) {
		return new InstanceRegistration(service, id, "10.0.0.1", 8080, Map.of(), definition());
	}

	private static ServiceDefinition definition() {
		return new ServiceDefinition(Set.of(ServiceDefinition.RecordType.A, ServiceDefinition.RecordType.SRV),
				Duration.ofSeconds(10));
	}

	private static List<String> ids(InstanceSet set) {
		return set.instances().stream().map(Instance::id).toList();
	}

}
