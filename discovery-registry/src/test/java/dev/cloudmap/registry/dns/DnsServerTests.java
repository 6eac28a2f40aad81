package dev.cloudmap.registry.dns;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.CustomHealthStatus;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Queries of the resolver of dnsjava over UDP and TCP.
 */
class DnsServerTests {

	private TestRegistry registry;

	private String namespace;

	@BeforeEach
	void start() {
		this.registry = TestRegistry.start();
		this.namespace = this.registry.createDnsNamespace("corp.local");
	}

	@AfterEach
	void stop() {
		this.registry.close();
	}

	@Test
	void answersAddresses() throws Exception {
		String service = this.registry.createDnsService(this.namespace, "worker", RoutingPolicy.MULTIVALUE,
				RecordType.A, RecordType.AAAA);
		this.registry.register(service, "one",
				Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_IPV6", "2001:db8::1"));
		Message answer = this.registry.query("WORKER.corp.LOCAL.", Type.A);
		assertThat(answer.getHeader().getFlag(Flags.AA)).isTrue();
		List<Record> records = answer.getSection(Section.ANSWER);
		assertThat(records).hasSize(1);
		assertThat(((ARecord) records.get(0)).getAddress().getHostAddress()).isEqualTo("10.0.0.1");
		assertThat(records.get(0).getTTL()).isEqualTo(10);
		Record six = this.registry.query("worker.corp.local.", Type.AAAA).getSection(Section.ANSWER).get(0);
		assertThat(((AAAARecord) six).getAddress().getHostAddress()).isEqualTo("2001:db8:0:0:0:0:0:1");
	}

	@Test
	void answersSrvRecordsWithAddresses() throws Exception {
		String service = this.registry.createDnsService(this.namespace, "_http._tcp", RoutingPolicy.MULTIVALUE,
				RecordType.SRV);
		this.registry.register(service, "a.b:c/d@e_f",
				Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_PORT", "5000"));
		Message answer = this.registry.query("_http._tcp.corp.local.", Type.SRV);
		SRVRecord server = (SRVRecord) answer.getSection(Section.ANSWER).get(0);
		assertThat(server.getPort()).isEqualTo(5000);
		assertThat(server.getPriority()).isOne();
		assertThat(server.getWeight()).isOne();
		assertThat(server.getTarget().labels()).isEqualTo(7);
		assertThat(server.getTarget().getLabelString(1)).isEqualTo("b:c/d\\@e_f");
		Record address = answer.getSection(Section.ADDITIONAL)
			.stream()
			.filter(ARecord.class::isInstance)
			.findFirst()
			.orElseThrow();
		assertThat(address.getName()).isEqualTo(server.getTarget());
		assertThat(this.registry.query(server.getTarget().toString(), Type.A).getSection(Section.ANSWER)).hasSize(1);
		Message between = this.registry.query("_tcp.corp.local.", Type.A);
		assertThat(between.getRcode()).isEqualTo(Rcode.NOERROR);
		assertThat(between.getSection(Section.AUTHORITY)).hasOnlyElementsOfType(SOARecord.class).hasSize(1);
	}

	@Test
	void answersAtMostEightHealthyInstances() throws Exception {
		String service = this.registry.createDnsService(this.namespace, "worker", RoutingPolicy.MULTIVALUE,
				RecordType.A);
		for (int i = 1; i <= 12; i++) {
			this.registry.register(service, "i-" + i, Map.of("AWS_INSTANCE_IPV4", "10.0.0." + i));
		}
		assertThat(this.registry.query("worker.corp.local.", Type.A).getSection(Section.ANSWER)).hasSize(8);
		for (int i = 3; i <= 12; i++) {
			report(service, "i-" + i, CustomHealthStatus.UNHEALTHY);
		}
		assertThat(this.registry.query("worker.corp.local.", Type.A).getSection(Section.ANSWER)).hasSize(2);
		report(service, "i-1", CustomHealthStatus.UNHEALTHY);
		report(service, "i-2", CustomHealthStatus.UNHEALTHY);
		assertThat(this.registry.query("worker.corp.local.", Type.A).getSection(Section.ANSWER)).hasSize(8);
	}

	private void report(String service, String instance, CustomHealthStatus status) {
		this.registry.client()
			.updateInstanceCustomHealthStatus(
					(request) -> request.serviceId(service).instanceId(instance).status(status));
	}

	@Test
	void limitCountsAddresses() throws Exception {
		String service = this.registry.createDnsService(this.namespace, "worker", RoutingPolicy.MULTIVALUE,
				RecordType.A);
		for (int i = 1; i <= 30; i++) {
			this.registry.register(service, "i-" + i, Map.of("AWS_INSTANCE_IPV4", "127.0.0.1"));
		}
		this.registry.register(service, "other", Map.of("AWS_INSTANCE_IPV4", "127.0.0.2"));
		for (int i = 0; i < 10; i++) {
			assertThat(this.registry.query("worker.corp.local.", Type.A).getSection(Section.ANSWER)).hasSize(2);
		}
	}

	@Test
	void answersOneInstanceWhenWeighted() throws Exception {
		String service = this.registry.createDnsService(this.namespace, "worker", RoutingPolicy.WEIGHTED, RecordType.A);
		this.registry.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		this.registry.register(service, "two", Map.of("AWS_INSTANCE_IPV4", "10.0.0.2"));
		assertThat(this.registry.query("worker.corp.local.", Type.A).getSection(Section.ANSWER)).hasSize(1);
	}

	@Test
	void followsAliasesInZones() throws Exception {
		String target = this.registry.createDnsService(this.namespace, "worker", RoutingPolicy.MULTIVALUE,
				RecordType.A);
		this.registry.register(target, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		String alias = this.registry.createDnsService(this.namespace, "alias", RoutingPolicy.WEIGHTED,
				RecordType.CNAME);
		this.registry.register(alias, "one", Map.of("AWS_INSTANCE_CNAME", "worker.corp.local"));
		List<Record> answer = this.registry.query("alias.corp.local.", Type.A).getSection(Section.ANSWER);
		assertThat(answer).hasSize(2);
		assertThat(answer.get(0)).isInstanceOf(CNAMERecord.class);
		assertThat(answer.get(1)).isInstanceOf(ARecord.class);
		String circle = this.registry.createDnsService(this.namespace, "circle", RoutingPolicy.WEIGHTED,
				RecordType.CNAME);
		this.registry.register(circle, "one", Map.of("AWS_INSTANCE_CNAME", "circle.corp.local"));
		assertThat(this.registry.query("circle.corp.local.", Type.A).getSection(Section.ANSWER)).hasSize(1);
	}

	@Test
	void answersUnknownNamesWithNxdomain() throws Exception {
		String service = this.registry.createDnsService(this.namespace, "worker", RoutingPolicy.MULTIVALUE,
				RecordType.A);
		Message none = this.registry.query("nobody.corp.local.", Type.A);
		assertThat(none.getRcode()).isEqualTo(Rcode.NXDOMAIN);
		assertThat(none.getSection(Section.AUTHORITY)).hasOnlyElementsOfType(SOARecord.class).hasSize(1);
		Message empty = this.registry.query("worker.corp.local.", Type.A);
		assertThat(empty.getRcode()).isEqualTo(Rcode.NOERROR);
		assertThat(empty.getSection(Section.AUTHORITY)).hasOnlyElementsOfType(SOARecord.class).hasSize(1);
		this.registry.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		assertThat(this.registry.query("worker.corp.local.", Type.AAAA).getRcode()).isEqualTo(Rcode.NOERROR);
		assertThat(this.registry.query("example.org.", Type.A).getRcode()).isEqualTo(Rcode.REFUSED);
		assertThat(this.registry.query("corp.local.", Type.SOA).getSection(Section.ANSWER)).hasSize(1);
		assertThat(this.registry.query("corp.local.", Type.NS).getSection(Section.ANSWER)).hasSize(1);
	}

	@Test
	void rejectsUnsupportedQueries() throws Exception {
		Message update = Message.newQuery(Record.newRecord(Name.fromString("corp.local."), Type.SOA, DClass.IN));
		update.getHeader().setOpcode(Opcode.NOTIFY);
		assertThat(this.registry.resolver().send(update).getRcode()).isEqualTo(Rcode.NOTIMP);
		Message newer = Message.newQuery(Record.newRecord(Name.fromString("corp.local."), Type.SOA, DClass.IN));
		newer.addRecord(new OPTRecord(1232, 0, 1), Section.ADDITIONAL);
		SimpleResolver plain = this.registry.resolver();
		plain.setEDNS(-1);
		assertThat(plain.send(newer).getRcode()).isEqualTo(Rcode.BADVERS);
	}

	@Test
	void truncatesLargeAnswersAndSendsThemOverTcp() throws Exception {
		String service = this.registry.createDnsService(this.namespace, "worker", RoutingPolicy.MULTIVALUE,
				RecordType.SRV);
		for (int i = 0; i < 8; i++) {
			this.registry.register(service, "x".repeat(60) + i,
					Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_PORT", "5000"));
		}
		SimpleResolver plain = this.registry.resolver();
		plain.setEDNS(-1);
		plain.setIgnoreTruncation(true);
		Message query = Message.newQuery(Record.newRecord(Name.fromString("worker.corp.local."), Type.SRV, DClass.IN));
		Message cut = plain.send(query);
		assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
		assertThat(cut.numBytes()).isLessThanOrEqualTo(512);
		plain.setTCP(true);
		Message whole = plain.send(query);
		assertThat(whole.getHeader().getFlag(Flags.TC)).isFalse();
		assertThat(whole.getSection(Section.ANSWER)).hasSize(8);
	}

	/**
	 * Senders set reserved flags to zero (RFC 6891, section 6.1.4).
	 */
	@Test
	void returnsOnlyDoFlagOfEdns() throws Exception {
		String service = this.registry.createDnsService(this.namespace, "worker", RoutingPolicy.MULTIVALUE,
				RecordType.A);
		this.registry.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		try (RawDnsClient client = RawDnsClient.udp(this.registry.server().dnsAddress())) {
			for (int i = 0; i < 3; i++) {
				for (String name : List.of("worker.corp.local.", "nobody.corp.local.")) {
					assertThat(client.ask(RawDnsClient.query(name, Type.A, 1232, 0xFFFF)).getOPT().getFlags())
						.isEqualTo(ExtendedFlags.DO);
					assertThat(client.ask(RawDnsClient.query(name, Type.A, 1232, 0x7FFF)).getOPT().getFlags()).isZero();
				}
			}
		}
	}

}
