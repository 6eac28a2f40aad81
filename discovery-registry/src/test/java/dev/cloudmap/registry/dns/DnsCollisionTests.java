package dev.cloudmap.registry.dns;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.DnsRecord;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Instances and services with the same DNS name.
 */
class DnsCollisionTests {

	@TempDir
	private Path directory;

	private TestRegistry registry;

	private String namespace;

	@BeforeEach
	void start() {
		this.registry = TestRegistry.start((options) -> options.withDataDirectory(this.directory));
		this.namespace = this.registry.createDnsNamespace("corp");
	}

	@AfterEach
	void stop() {
		this.registry.close();
	}

	private String service(String name, RecordType... types) {
		return this.registry.createDnsService(this.namespace, name, RoutingPolicy.MULTIVALUE, types);
	}

	private String srv(String name) {
		return service(name, RecordType.SRV);
	}

	private void register(String service, String id, String address) {
		this.registry.register(service, id, Map.of("AWS_INSTANCE_IPV4", address, "AWS_INSTANCE_PORT", "5000"));
	}

	private void refuses(String service, String id, String... earlier) {
		assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> register(service, id, "10.0.0.99"))
			.withMessageContainingAll(earlier);
	}

	private void deregister(String service, String id) {
		this.registry.client().deregisterInstance((request) -> request.serviceId(service).instanceId(id));
	}

	private List<String> answer(String name, int type) throws Exception {
		return this.registry.query(name, type).getSection(Section.ANSWER).stream().map(Record::rdataToString).toList();
	}

	@Test
	void rejectsNameOfService() throws Exception {
		String service = service("a.b", RecordType.A);
		String other = srv("b");
		refuses(other, "a", "'a.b.corp'", "the service 'a.b' (" + service + ")");
		refuses(other, "A", "the service 'a.b' (" + service + ")");
		register(service, "one", "10.0.0.1");
		refuses(other, "a", "the service 'a.b'");
		assertThat(answer("b.corp.", Type.SRV)).isEmpty();
		this.registry.client().deregisterInstance((request) -> request.serviceId(service).instanceId("one"));
		this.registry.client().deleteService((request) -> request.id(service));
		register(other, "a", "10.0.0.2");
		assertThat(answer("a.b.corp.", Type.A)).containsExactly("10.0.0.2");
	}

	@Test
	void rejectsInstancesOfServiceCreatedAfterInstance() throws Exception {
		String service = srv("b");
		register(service, "a", "10.0.0.1");
		String later = srv("a.b");
		assertThat(answer("a.b.corp.", Type.A)).containsExactly("10.0.0.1");
		assertThat(answer("a.b.corp.", Type.SRV)).isEmpty();
		refuses(later, "one", "'a.b.corp'", "the instance 'a' of the service 'b' (" + service + ")");
		register(service, "a", "10.0.0.2");
		assertThat(answer("a.b.corp.", Type.A)).containsExactly("10.0.0.2");
		deregister(service, "a");
		assertThat(answer("a.b.corp.", Type.A)).isEmpty();
		register(later, "one", "10.0.0.3");
		assertThat(answer("a.b.corp.", Type.SRV)).containsExactly("1 1 5000 one.a.b.corp.");
		refuses(service, "a", "the service 'a.b' (" + later + ")");
	}

	@Test
	void rejectsNameOfInstanceOfOtherService() throws Exception {
		String outer = srv("s");
		String inner = srv("a.s");
		register(outer, "b.a", "10.0.0.1");
		refuses(inner, "b", "'b.a.s.corp'", "the instance 'b.a' of the service 's' (" + outer + ")");
		refuses(inner, "B", "the instance 'b.a'");
		deregister(outer, "b.a");
		register(inner, "b", "10.0.0.2");
		refuses(outer, "b.A", "the instance 'b' of the service 'a.s' (" + inner + ")");
		assertThat(answer("b.a.s.corp.", Type.A)).containsExactly("10.0.0.2");
		assertThat(answer("s.corp.", Type.SRV)).isEmpty();
	}

	@Test
	void rejectsIdsThatDifferByCase() throws Exception {
		String service = srv("s");
		register(service, "Node.a", "10.0.0.1");
		refuses(service, "nodE.A", "the instance 'Node.a' of the service 's' (" + service + ")", "case");
		register(service, "a..b", "10.0.0.2");
		refuses(service, "A..b", "the instance 'a..b'");
		register(service, "Node.a", "10.0.0.3");
		assertThat(answer("node.a.s.corp.", Type.A)).containsExactly("10.0.0.3");
	}

	@Test
	void namesWithEmptyLabelsDifferByTheirService() {
		register(srv("s"), "a..b", "10.0.0.1");
		register(srv("b.s"), "a.", "10.0.0.2");
		register(srv("c.s"), "a", "10.0.0.3");
	}

	@Test
	void onlyServicesWithSrvRecordsNameInstances() throws Exception {
		String addresses = service("b", RecordType.A);
		String named = service("a.b", RecordType.A);
		String api = this.registry.client()
			.createService((request) -> request.name("a.c").namespaceId(this.namespace).type("HTTP"))
			.service()
			.id();
		register(addresses, "a", "10.0.0.1");
		register(addresses, "A", "10.0.0.1");
		register(named, "one", "10.0.0.2");
		register(srv("c"), "a", "10.0.0.3");
		register(api, "one", "10.0.0.4");
		assertThat(answer("a.b.corp.", Type.A)).containsExactly("10.0.0.2");
		assertThat(answer("a.c.corp.", Type.A)).containsExactly("10.0.0.3");
	}

	@Test
	void removalOfSrvRecordsReleasesNames() throws Exception {
		String service = service("b", RecordType.SRV, RecordType.A);
		register(service, "a", "10.0.0.1");
		String other = srv("a.b");
		refuses(other, "one", "the instance 'a'");
		this.registry.client()
			.updateService((request) -> request.id(service)
				.service((change) -> change
					.dnsConfig((dns) -> dns.dnsRecords(DnsRecord.builder().type(RecordType.A).ttl(10L).build()))));
		register(other, "one", "10.0.0.2");
		assertThat(answer("a.b.corp.", Type.SRV)).containsExactly("1 1 5000 one.a.b.corp.");
		register(service, "a", "10.0.0.3");
		assertThat(answer("b.corp.", Type.A)).containsExactly("10.0.0.3");
	}

	@Test
	void rejectsNamesOfOtherNamespace() throws Exception {
		String child = this.registry.createDnsNamespace("2.Worker.corp");
		String service = srv("worker");
		refuses(service, "1.2", "'1.2.worker.corp'", "the namespace '2.Worker.corp' (" + child + ")");
		refuses(service, "2", "the namespace '2.Worker.corp'");
		register(service, "12", "10.0.0.1");
		register(service, "2.1", "10.0.0.2");
		assertThat(answer("2.1.worker.corp.", Type.A)).containsExactly("10.0.0.2");
	}

	@Test
	void omitsTargetsOfLaterNamespace() throws Exception {
		String service = srv("worker");
		register(service, "1.2", "10.0.0.1");
		register(service, "3", "10.0.0.3");
		assertThat(answer("worker.corp.", Type.SRV)).hasSize(2);
		this.registry.createDnsNamespace("2.worker.corp");
		assertThat(answer("worker.corp.", Type.SRV)).containsExactly("1 1 5000 3.worker.corp.");
		register(service, "1.2", "10.0.0.1");
	}

	@Test
	void keepsNamesAfterRestart() throws Exception {
		String service = srv("b");
		register(service, "a", "10.0.0.1");
		String later = srv("a.b");
		this.registry.close();
		this.registry = TestRegistry.start((options) -> options.withDataDirectory(this.directory));
		refuses(later, "one", "the instance 'a' of the service 'b'");
		refuses(service, "A", "the instance 'a' of the service 'b'");
		assertThat(answer("a.b.corp.", Type.A)).containsExactly("10.0.0.1");
	}

}
