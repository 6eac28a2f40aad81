package dev.cloudmap.discovery.registry.cloudmap;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
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
import dev.cloudmap.discovery.NoCustomHealthException;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.ListedService;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy.Scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests the adapter with the SDK's client and a registry with the API of Cloud Map.
 */
@ExtendWith(OutputCaptureExtension.class)
class CloudMapRegistryTests extends CloudMapFixture {

	@Test
	void createsNamespaceAndServiceWithDnsInAVpc() {
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
	void createsNamespaceAndServiceWithoutDnsOutsideAVpc() {
		CloudMapRegistry withoutVpc = registry(new CreationPolicy(Scope.NAMESPACES, null));
		withoutVpc.register(instance("i-1"));
		assertThat(namespace().type()).isEqualTo(NamespaceType.HTTP);
		assertThat(service("worker").dnsConfig()).isNull();
		assertThat(ids(withoutVpc.discover(WORKER))).containsExactly("i-1");
	}

	@Test
	void createsAaaaRecordsForAnIpv6Instance() {
		this.registry.register(new InstanceRegistration(WORKER, "i-1", "2001:db8::1", 8080, Map.of(), definition()));
		assertThat(service("worker").dnsConfig().dnsRecords()).extracting(DnsRecord::type)
			.containsExactly(RecordType.AAAA, RecordType.SRV);
		// as in a lookup through DNS
		assertThat(this.registry.discover(WORKER).instances()).extracting(Instance::host)
			.containsExactly("2001:db8:0:0:0:0:0:1");
	}

	@Test
	void createsBothRecordsForBothAddresses() {
		this.registry.register(new InstanceRegistration(WORKER, "i-1", List.of("10.0.0.1", "2001:db8::1"),
				OptionalInt.of(8080), Map.of(), definition()));
		assertThat(service("worker").dnsConfig().dnsRecords()).extracting(DnsRecord::type)
			.containsExactly(RecordType.A, RecordType.AAAA, RecordType.SRV);
		assertThat(this.registry.discover(WORKER).instances()).extracting(Instance::host).containsExactly("10.0.0.1");
	}

	@Test
	void createsNoSrvRecordsWithoutAPort() {
		this.registry.register(new InstanceRegistration(WORKER, "i-1", List.of("10.0.0.1"), OptionalInt.empty(),
				Map.of(), definition()));
		assertThat(service("worker").dnsConfig().dnsRecords()).extracting(DnsRecord::type)
			.containsExactly(RecordType.A);
	}

	@Test
	void callersReceiveServiceAttributes() {
		assertThat(this.registry.attributes(WORKER)).isEmpty();
		this.registry.register(instance("i-1"));
		assertThat(this.registry.attributes(WORKER)).isEmpty();
		this.client.updateServiceAttributes((request) -> request.serviceId(service("worker").id())
			.attributes(Map.of("discovery.timeout.request", "2s")));
		assertThat(this.registry.attributes(WORKER)).isEqualTo(Map.of("discovery.timeout.request", "2s"));
	}

	@Test
	void createsNoServiceIfNotAllowed() {
		this.registry.register(instance("i-1"));
		ServiceName other = new ServiceName(CORP, "other");
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> registry(new CreationPolicy(Scope.NONE, null)).register(instance(other, "i-1")))
			.withMessageContaining("There is no service 'other' in namespace 'corp'")
			.satisfies((ex) -> assertThat(ex.getAction()).contains("discovery.cloud-map.create=services"));
		assertThatCode(() -> registry(new CreationPolicy(Scope.NONE, null)).register(instance("i-2")))
			.doesNotThrowAnyException();
		assertThat(this.registry.services(CORP)).extracting(ListedService::name).containsExactly("worker");
	}

	@Test
	void createsNoNamespaceIfNotAllowed() {
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
	void registrationReplacesAnEarlierOne() {
		this.registry.register(instance("i-1", Map.of("version", "1", "canary", "true")));
		this.registry.register(instance("i-1", Map.of("version", "2")));
		assertThat(this.registry.discover(WORKER).instances()).singleElement()
			.extracting(Instance::attributes)
			.isEqualTo(Map.of("version", "2"));
	}

	@Test
	void callersReceiveAddressPortAndAttributes() {
		this.registry
			.register(instance("i-1", Map.of("zone", "a", "secure", "false", "AWS_INIT_HEALTH_STATUS", "HEALTHY")));
		InstanceSet found = this.registry.discover(WORKER);
		assertThat(found.revision()).isNotNull();
		assertThat(
				found)
			.isEqualTo(
					new InstanceSet(WORKER, List.of(new Instance(WORKER, "i-1", "10.0.0.1", 8080, HealthStatus.HEALTHY,
							Map.of("zone", "a", "secure", "false"))), "api")
						.withRevision(found.revision()));
	}

	@Test
	void usesConfiguredPortIfTheInstanceHasNone() {
		registerWithoutPort();
		assertThat(registry(this.server.endpoint(), IN_VPC, 5000).discover(WORKER).instances()).singleElement()
			.satisfies((instance) -> assertThat(instance.port()).isEqualTo(5000));
	}

	@Test
	void skipsAndReportsInstanceWithoutPort(CapturedOutput output) {
		registerWithoutPort();
		assertThat(this.registry.discover(WORKER).instances()).isEmpty();
		assertThat(output).contains("Instance i-1 of worker.corp can't be called")
			.contains("discovery.lookup.services[worker.corp].port");
	}

	@Test
	void omitsUnhealthyInstancesUnlessAllAre() {
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
	void repeatedRegistrationKeepsInstanceUnhealthy() {
		this.registry.register(instance("i-1"));
		this.registry.register(instance("i-2").initially(HealthStatus.UNHEALTHY));
		assertThat(ids(this.registry.discover(WORKER))).containsExactly("i-1");
		this.registry.register(instance("i-2").initially(HealthStatus.UNHEALTHY));
		assertThat(ids(this.registry.discover(WORKER))).containsExactly("i-1");
		this.registry.reportHealth(WORKER, "i-2", HealthStatus.HEALTHY);
		assertThat(ids(this.registry.discover(WORKER))).containsExactly("i-1", "i-2");
	}

	@Test
	void rejectsHealthOfUnknownInstance() {
		assertThatExceptionOfType(NotRegisteredException.class)
			.isThrownBy(() -> this.registry.reportHealth(WORKER, "i-1", HealthStatus.HEALTHY))
			.withMessageContaining("worker.corp");
		this.registry.register(instance("i-1"));
		assertThatExceptionOfType(NotRegisteredException.class)
			.isThrownBy(() -> this.registry.reportHealth(WORKER, "i-2", HealthStatus.HEALTHY))
			.withMessageContaining("i-2");
	}

	@Test
	void deregistrationIsIdempotent() {
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
	void missingServiceHasNoInstances() {
		assertThat(this.registry.discover(WORKER)).isEqualTo(new InstanceSet(WORKER, List.of(), "api"));
		this.registry.register(instance("i-1"));
		assertThat(this.registry.discover(new ServiceName(CORP, "other")).isEmpty()).isTrue();
	}

	@Test
	void listsTheServicesOfANamespace() {
		assertThat(this.registry.services(CORP)).isEmpty();
		this.registry.register(instance("i-1"));
		this.registry.register(instance(new ServiceName(CORP, "other"), "i-1"));
		this.registry.register(instance(new ServiceName(new Namespace("lab"), "mouse"), "i-1"));
		assertThat(this.registry.services(CORP)).extracting(ListedService::name)
			.containsExactlyInAnyOrder("worker", "other");
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

	@Test
	void returnsTheAttributesOfARegistration() {
		assertThat(this.registry.attributes(WORKER, "i-1")).isEmpty();
		this.registry.register(instance("i-1", Map.of("color", "blue")));
		assertThat(this.registry.attributes(WORKER, "i-1"))
			.hasValue(instance("i-1", Map.of("color", "blue")).allAttributes());
		assertThat(this.registry.attributes(WORKER, "i-2")).isEmpty();
	}

	@Test
	void reportsServiceWithoutHealth() {
		this.registry.register(instance("i-1"));
		String plain = this.client
			.createService((request) -> request.name("plain")
				.namespaceId(namespace().id())
				.dnsConfig((dns) -> dns.dnsRecords(DnsRecord.builder().type(RecordType.A).ttl(10L).build())))
			.service()
			.name();
		ServiceName service = new ServiceName(CORP, plain);
		this.registry.register(instance(service, "i-1"));
		assertThatExceptionOfType(NoCustomHealthException.class)
			.isThrownBy(() -> this.registry.reportHealth(service, "i-1", HealthStatus.UNHEALTHY));
	}

	@Test
	void revisionInAnAnswerShowsLeasesAndWatch() {
		assertThat(this.registry.info().can(Capability.LEASES)).isFalse();
		this.registry.services(CORP);
		assertThat(this.registry.info().can(Capability.LEASES)).isTrue();
		assertThat(this.registry.info().can(Capability.WATCH)).isTrue();
	}

}
