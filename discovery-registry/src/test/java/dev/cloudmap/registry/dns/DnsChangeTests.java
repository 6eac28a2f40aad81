package dev.cloudmap.registry.dns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.DnsRecord;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatusFilter;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.dns.zone.Zones;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.command.CreateNamespace;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.Tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * DNS answers after changes and deletions of namespaces and services.
 */
class DnsChangeTests {

	private TestRegistry registry;

	private ServiceDiscoveryClient client;

	@BeforeEach
	void start() {
		start(Emulation.NONE);
	}

	private void start(Emulation emulation) {
		this.registry = TestRegistry.start((options) -> options.withEmulation(emulation));
		this.client = this.registry.client();
	}

	@AfterEach
	void stop() {
		this.registry.close();
	}

	private int rcode(String name) throws Exception {
		return this.registry.query(name, Type.A).getRcode();
	}

	private Record answer(String name) throws Exception {
		return this.registry.query(name, Type.A).getSection(Section.ANSWER).get(0);
	}

	private String service(String namespace, String name) {
		return this.registry.createDnsService(namespace, name, RoutingPolicy.MULTIVALUE, RecordType.A);
	}

	@Test
	void deletedServiceDoesNotExist() throws Exception {
		String namespace = this.registry.createDnsNamespace("corp.local");
		String worker = service(namespace, "worker.blue");
		service(namespace, "backend.blue.eu");
		assertThat(rcode("worker.blue.corp.local.")).isEqualTo(Rcode.NOERROR);
		assertThat(rcode("blue.corp.local.")).isEqualTo(Rcode.NOERROR);
		this.client.deleteService((request) -> request.id(worker));
		assertThat(rcode("worker.blue.corp.local.")).isEqualTo(Rcode.NXDOMAIN);
		assertThat(rcode("blue.corp.local.")).isEqualTo(Rcode.NXDOMAIN);
		assertThat(rcode("blue.eu.corp.local.")).isEqualTo(Rcode.NOERROR);
	}

	@Test
	void answersWithUpdatedServiceSettings() throws Exception {
		String worker = service(this.registry.createDnsNamespace("corp.local"), "worker");
		this.registry.register(worker, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		assertThat(answer("worker.corp.local.").getTTL()).isEqualTo(10);
		this.client.updateService((request) -> request.id(worker)
			.service((change) -> change
				.dnsConfig((dns) -> dns.dnsRecords(DnsRecord.builder().type(RecordType.A).ttl(77L).build()))));
		assertThat(answer("worker.corp.local.").getTTL()).isEqualTo(77);
		this.client.updateService((request) -> request.id(worker).service((change) -> change.description("API only")));
		assertThat(rcode("worker.corp.local.")).isEqualTo(Rcode.NXDOMAIN);
		assertThat(this.client.discoverInstances((request) -> request.namespaceName("corp.local").serviceName("worker"))
			.instances()).hasSize(1);
	}

	@Test
	void answersWithUpdatedNamespaceTtl() throws Exception {
		String namespace = this.registry.createDnsNamespace("corp.local");
		this.client.updatePrivateDnsNamespace((request) -> request.id(namespace)
			.namespace((change) -> change
				.properties((properties) -> properties.dnsProperties((dns) -> dns.soa((soa) -> soa.ttl(42L))))));
		Message nothing = this.registry.query("nobody.corp.local.", Type.A);
		SOARecord soa = (SOARecord) nothing.getSection(Section.AUTHORITY).get(0);
		assertThat(soa.getTTL()).isEqualTo(42);
		assertThat(soa.getMinimum()).isEqualTo(42);
	}

	@Test
	void zoneOfDeletedNamespacePassesToNextOfSameName() throws Exception {
		String first = this.registry.createDnsNamespace("corp.local");
		this.client.createPublicDnsNamespace((request) -> request.name("corp.local"));
		String second = this.client.listNamespaces()
			.namespaces()
			.stream()
			.filter((namespace) -> !namespace.id().equals(first))
			.findAny()
			.orElseThrow()
			.id();
		this.registry.register(service(second, "worker"), "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		assertThat(rcode("worker.corp.local.")).isEqualTo(Rcode.NXDOMAIN);
		this.client.deleteNamespace((request) -> request.id(first));
		assertThat(answer("worker.corp.local.").rdataToString()).isEqualTo("10.0.0.1");
		this.registry.register(service(second, "later"), "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.2"));
		assertThat(answer("later.corp.local.").rdataToString()).isEqualTo("10.0.0.2");
	}

	@Test
	void refusesNamesOfDeletedNamespace() throws Exception {
		String namespace = this.registry.createDnsNamespace("corp.local");
		assertThat(rcode("worker.corp.local.")).isEqualTo(Rcode.NXDOMAIN);
		this.client.deleteNamespace((request) -> request.id(namespace));
		assertThat(rcode("worker.corp.local.")).isEqualTo(Rcode.REFUSED);
	}

	@Test
	void answersWithAliasOfLoadBalancer() throws Exception {
		String worker = this.registry.createDnsService(this.registry.createDnsNamespace("corp.local"), "worker",
				RoutingPolicy.WEIGHTED, RecordType.A);
		this.registry.register(worker, "one", Map.of("AWS_ALIAS_DNS_NAME", "lb-1.eu-west-1.elb.amazonaws.com"));
		CNAMERecord alias = (CNAMERecord) answer("worker.corp.local.");
		assertThat(alias.getTarget()).hasToString("lb-1.eu-west-1.elb.amazonaws.com.");
		assertThat(alias.getTTL()).isEqualTo(60);
		assertThat(this.registry.query("worker.corp.local.", Type.AAAA).getSection(Section.ANSWER)).isEmpty();
	}

	@Test
	void hasSameLagAsDiscovery() throws Exception {
		stop();
		start(Emulation.NONE.withConsistencyDelay(Duration.ofSeconds(1)));
		String worker = service(this.registry.createDnsNamespace("corp.local"), "worker");
		this.registry.register(worker, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		assertThat(this.client.getInstance((request) -> request.serviceId(worker).instanceId("one")).instance())
			.isNotNull();
		assertThat(rcode("worker.corp.local.")).isNotEqualTo(Rcode.NOERROR);
		await().ignoreExceptions()
			.untilAsserted(() -> assertThat(this.client
				.discoverInstances((request) -> request.namespaceName("corp.local")
					.serviceName("worker")
					.healthStatus(HealthStatusFilter.ALL))
				.instances()).hasSize(1));
		await().until(() -> rcode("worker.corp.local.") == Rcode.NOERROR);
		assertThat(answer("worker.corp.local.").rdataToString()).isEqualTo("10.0.0.1");
	}

	/**
	 * A client may query as soon as it receives a notification.
	 */
	@Test
	void showsChangeBeforeNotification() {
		ManualScheduler scheduler = new ManualScheduler();
		try (RegistryState state = new RegistryState(Journal.NONE, scheduler, () -> Emulation.NONE)) {
			LookupView view = LookupView.of(state, () -> Emulation.NONE, scheduler);
			AtomicReference<Zones> zones = new AtomicReference<>();
			List<Boolean> found = new ArrayList<>();
			view.addListener(
					(snapshot, changes) -> found.add(zones.get().find(Name.fromConstantString("corp.local.")) != null));
			zones.set(Zones.of(view));
			state
				.submit(new CreateNamespace("ns-1", "arn", "corp.local", NamespaceType.DNS_PRIVATE, null, "vpc", 5,
						scheduler.now(), null, Tags.NONE))
				.join();
			assertThat(found).containsExactly(true);
		}
	}

	@Test
	void nameAboveNestedNamespaceExists() throws Exception {
		this.registry.createDnsNamespace("local");
		assertThat(rcode("b.local.")).isEqualTo(Rcode.NXDOMAIN);
		String inner = this.registry.createDnsNamespace("a.b.local");
		this.registry.createDnsNamespace("c.b.local");
		assertThat(rcode("b.local.")).isEqualTo(Rcode.NOERROR);
		assertThat(this.registry.query("b.local.", Type.A).getSection(Section.AUTHORITY).get(0).getName())
			.hasToString("local.");
		assertThat(rcode("d.b.local.")).isEqualTo(Rcode.NXDOMAIN);
		this.client.deleteNamespace((request) -> request.id(inner));
		assertThat(rcode("b.local.")).isEqualTo(Rcode.NOERROR);
		assertThat(rcode("a.b.local.")).isEqualTo(Rcode.NXDOMAIN);
	}

}
