package dev.cloudmap.registry.dns;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * DNS names derived from instance ids.
 */
class DnsInstanceNamesTests {

	private TestRegistry registry;

	private String namespace;

	private String worker;

	@BeforeEach
	void start() {
		this.registry = TestRegistry.start();
		this.namespace = this.registry.createDnsNamespace("corp");
		this.worker = service("worker");
	}

	@AfterEach
	void stop() {
		this.registry.close();
	}

	private String service(String name) {
		return this.registry.createDnsService(this.namespace, name, RoutingPolicy.MULTIVALUE, RecordType.SRV);
	}

	private void register(String service, String id, String address) {
		this.registry.register(service, id, Map.of("AWS_INSTANCE_IPV4", address, "AWS_INSTANCE_PORT", "5000"));
	}

	private List<String> targets(String service) throws Exception {
		return this.registry.query(service, Type.SRV)
			.getSection(Section.ANSWER)
			.stream()
			.map((entry) -> ((SRVRecord) entry).getTarget().toString())
			.toList();
	}

	private List<String> addresses(String name) throws Exception {
		return this.registry.query(name, Type.A)
			.getSection(Section.ANSWER)
			.stream()
			.map(Record::rdataToString)
			.toList();
	}

	private void assertIsNonTerminal(String name) throws Exception {
		for (int type : List.of(Type.A, Type.SRV, Type.TXT, Type.HTTPS, Type.ANY)) {
			assertIsEmpty(this.registry.query(name, type), Rcode.NOERROR);
		}
	}

	private void assertIsUnknown(String name) throws Exception {
		for (int type : List.of(Type.A, Type.SRV, Type.TXT, Type.HTTPS, Type.ANY)) {
			assertIsEmpty(this.registry.query(name, type), Rcode.NXDOMAIN);
		}
	}

	private static void assertIsEmpty(Message answer, int rcode) {
		assertThat(answer.getRcode()).as("%s", answer.getQuestion()).isEqualTo(rcode);
		assertThat(answer.getSection(Section.ANSWER)).isEmpty();
		assertThat(answer.getSection(Section.AUTHORITY)).hasOnlyElementsOfType(SOARecord.class).hasSize(1);
	}

	@Test
	void dotsSeparateLabels() throws Exception {
		register(this.worker, "127.0.1.2", "10.0.0.1");
		Message answer = this.registry.query("worker.corp.", Type.SRV);
		Name target = ((SRVRecord) answer.getSection(Section.ANSWER).get(0)).getTarget();
		assertThat(target).isEqualTo(Name.fromString("127.0.1.2.worker.corp."));
		assertThat(answer.getSection(Section.ADDITIONAL)).extracting(Record::getName).contains(target);
		assertThat(addresses("127.0.1.2.worker.corp.")).containsExactly("10.0.0.1");
	}

	@Test
	void escapedNameIsAnswered() throws Exception {
		register(this.worker, "127.0.1.2", "10.0.0.1");
		String escaped = "127\\.0\\.1\\.2.WORKER.corp.";
		assertThat(addresses(escaped)).containsExactly("10.0.0.1");
		assertThat(addresses(escaped)).containsExactly("10.0.0.1");
		assertIsEmpty(this.registry.query(escaped, Type.AAAA), Rcode.NOERROR);
		assertIsUnknown("127\\.0.1.2.worker.corp.");
	}

	@Test
	void namesAboveInstanceExist() throws Exception {
		register(this.worker, "127.0.1.2", "10.0.0.1");
		for (String above : List.of("2.worker.corp.", "1.2.worker.corp.", "0.1.2.WORKER.corp.")) {
			assertIsNonTerminal(above);
		}
		assertIsUnknown("3.worker.corp.");
		assertIsUnknown("7.0.1.2.worker.corp.");
		assertIsUnknown("1.127.0.1.2.worker.corp.");
		this.registry.client().deregisterInstance((request) -> request.serviceId(this.worker).instanceId("127.0.1.2"));
		assertIsUnknown("127.0.1.2.worker.corp.");
		assertIsUnknown("2.worker.corp.");
	}

	@Test
	void namesAboveInstanceCanBelongToOtherInstances() throws Exception {
		register(this.worker, "1.2.3", "10.0.0.1");
		register(this.worker, "2.3", "10.0.0.2");
		register(service("3.worker"), "other", "10.0.0.3");
		assertThat(addresses("1.2.3.worker.corp.")).containsExactly("10.0.0.1");
		assertThat(addresses("2.3.worker.corp.")).containsExactly("10.0.0.2");
		assertThat(targets("3.worker.corp.")).containsExactly("other.3.worker.corp.");
	}

	@Test
	void caseIsPreservedAndIgnored() throws Exception {
		register(this.worker, "Node-A.Rack-1", "10.0.0.1");
		assertThat(targets("WORKER.corp.")).containsExactly("Node-A.Rack-1.worker.corp.");
		assertThat(addresses("node-a.RACK-1.worker.corp.")).containsExactly("10.0.0.1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a..b", ".a", "a.", ".", "..", "a:b", "a/b@c", "-a", "_a", "a.b:c" })
	void everyValidIdIsAnswered(String id) throws Exception {
		register(this.worker, id, "10.0.0.1");
		String target = targets("worker.corp.").get(0);
		assertThat(addresses(target)).containsExactly("10.0.0.1");
		boolean emptyLabel = Stream.of(id.split("\\.", -1)).anyMatch(String::isEmpty);
		assertThat(Name.fromString(target).labels()).isEqualTo(emptyLabel ? 4 : 3 + id.split("\\.").length);
	}

	@Test
	void lengthLimitsOfDnsApply() throws Exception {
		register(this.worker, "a".repeat(31) + "." + "b".repeat(32), "10.0.0.1");
		assertThat(addresses("a".repeat(31) + "." + "b".repeat(32) + ".worker.corp.")).containsExactly("10.0.0.1");
		register(this.worker, "c".repeat(63), "10.0.0.2");
		assertThat(addresses("c".repeat(63) + ".worker.corp.")).containsExactly("10.0.0.2");
		for (String id : List.of("c".repeat(64), "c".repeat(62) + "..")) {
			assertThatExceptionOfType(InvalidInputException.class)
				.isThrownBy(() -> register(this.worker, id, "10.0.0.3"))
				.withMessageContaining("a label of 64");
		}
	}

	@Test
	void longestNameHas255Octets() throws Exception {
		String name = String.join(".", "n".repeat(63), "n".repeat(63), "n".repeat(59));
		this.namespace = this.registry.createDnsNamespace(name);
		String service = service("s");
		String longest = "i.".repeat(31) + "i";
		register(service, longest, "10.0.0.1");
		assertThat(Name.fromString(targets("s." + name + ".").get(0)).length()).isEqualTo((short) 255);
		assertThat(addresses(longest + ".s." + name + ".")).containsExactly("10.0.0.1");
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> register(service, longest + "i", "10.0.0.1"))
			.withMessageContaining("a name of 254");
	}

	@Test
	void instancesOfServiceNamedLikeNamespaceHaveNames() throws Exception {
		String apex = service(".");
		register(apex, "1.2", "10.0.0.1");
		assertThat(targets("corp.")).containsExactly("1.2.corp.");
		assertThat(addresses("1.2.corp.")).containsExactly("10.0.0.1");
		assertIsNonTerminal("2.corp.");
	}

}
