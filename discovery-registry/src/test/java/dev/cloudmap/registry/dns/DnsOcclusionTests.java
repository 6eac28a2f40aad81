package dev.cloudmap.registry.dns;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.CustomHealthStatus;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Instances whose names belong to the zone of a namespace created later.
 */
class DnsOcclusionTests {

	private static final int QUERIES = 40;

	private TestRegistry registry;

	private String namespace;

	@BeforeEach
	void start() {
		this.registry = TestRegistry.start();
		this.namespace = this.registry.createDnsNamespace("corp");
	}

	@AfterEach
	void stop() {
		this.registry.close();
	}

	private String service(RoutingPolicy policy, RecordType... types) {
		return this.registry.createDnsService(this.namespace, "w", policy, types);
	}

	private void register(String service, String id) {
		this.registry.register(service, id, Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_PORT", "5000"));
	}

	private List<String> answer(String name, int type) throws Exception {
		return this.registry.query(name, type).getSection(Section.ANSWER).stream().map(Record::rdataToString).toList();
	}

	private void assertAlwaysAnswers(String name, int type, String... expected) throws Exception {
		for (int i = 0; i < QUERIES; i++) {
			assertThat(answer(name, type)).as("query %d", i).containsExactlyInAnyOrder(expected);
		}
	}

	@Test
	void areNotChosenAmongWeightedRecords() throws Exception {
		String service = service(RoutingPolicy.WEIGHTED, RecordType.SRV);
		register(service, "1.2");
		register(service, "3");
		this.registry.createDnsNamespace("2.w.corp");
		assertAlwaysAnswers("w.corp.", Type.SRV, "1 1 5000 3.w.corp.");
		assertAlwaysAnswers("w.corp.", Type.ANY, "1 1 5000 3.w.corp.");
	}

	@Test
	void areExcludedFromAnswerLimit() throws Exception {
		String service = service(RoutingPolicy.MULTIVALUE, RecordType.SRV);
		for (int i = 0; i < 20; i++) {
			register(service, i + ".2");
		}
		register(service, "3");
		register(service, "4");
		this.registry.createDnsNamespace("2.w.corp");
		assertAlwaysAnswers("w.corp.", Type.SRV, "1 1 5000 3.w.corp.", "1 1 5000 4.w.corp.");
	}

	@Test
	void doNotCountAsHealthy() throws Exception {
		String service = service(RoutingPolicy.MULTIVALUE, RecordType.SRV);
		register(service, "1.2");
		register(service, "3");
		this.registry.client()
			.updateInstanceCustomHealthStatus(
					(request) -> request.serviceId(service).instanceId("3").status(CustomHealthStatus.UNHEALTHY));
		assertThat(answer("w.corp.", Type.SRV)).containsExactly("1 1 5000 1.2.w.corp.");
		this.registry.createDnsNamespace("2.w.corp");
		assertAlwaysAnswers("w.corp.", Type.SRV, "1 1 5000 3.w.corp.");
	}

	@Test
	void keepAddressesOfServiceName() throws Exception {
		String service = service(RoutingPolicy.WEIGHTED, RecordType.SRV, RecordType.A);
		register(service, "1.2");
		this.registry.createDnsNamespace("2.w.corp");
		assertThat(answer("w.corp.", Type.A)).containsExactly("10.0.0.1");
		assertThat(answer("w.corp.", Type.SRV)).isEmpty();
	}

	@Test
	void areAnsweredAfterDeletionOfNamespace() throws Exception {
		String service = service(RoutingPolicy.MULTIVALUE, RecordType.SRV);
		register(service, "1.2");
		String child = this.registry.createDnsNamespace("2.w.corp");
		assertThat(answer("w.corp.", Type.SRV)).isEmpty();
		this.registry.client().deleteNamespace((request) -> request.id(child));
		assertThat(answer("w.corp.", Type.SRV)).containsExactly("1 1 5000 1.2.w.corp.");
	}

}
