package dev.cloudmap.registry.dns;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.DnsRecord;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;
import software.amazon.awssdk.services.servicediscovery.model.ServiceTypeOption;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What addresses lead back to.
 */
class DnsReverseTests {

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

	private String service(String name, RecordType... types) {
		return this.registry.createDnsService(this.namespace, name, RoutingPolicy.MULTIVALUE, types);
	}

	private Message ask(String address) throws Exception {
		return this.registry.query(ReverseMap.fromAddress(address).toString(), Type.PTR);
	}

	private Set<String> names(String address) throws Exception {
		Message answer = ask(address);
		assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
		assertThat(answer.getHeader().getFlag(Flags.AA)).isTrue();
		List<Record> records = answer.getSection(Section.ANSWER);
		assertThat(records).doesNotHaveDuplicates();
		return records.stream().map(Record::rdataToString).collect(Collectors.toSet());
	}

	@Test
	void namesTheInstanceWhereSrvRecordsPointToIt() throws Exception {
		String service = service("worker", RecordType.A, RecordType.SRV);
		this.registry.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_IPV6",
				"2001:db8::1", "AWS_INSTANCE_PORT", "5000"));
		assertThat(names("10.0.0.1")).containsExactly("one.worker.corp.local.");
		assertThat(names("2001:db8::1")).containsExactly("one.worker.corp.local.");
		assertThat(
				this.registry.query("one.worker.corp.local.", Type.A).getSection(Section.ANSWER).get(0).rdataToString())
			.isEqualTo("10.0.0.1");
	}

	@Test
	void namesTheServiceOtherwise() throws Exception {
		String service = service("worker", RecordType.A);
		this.registry.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_IPV6",
				"2001:db8::1", "AWS_INIT_HEALTH_STATUS", "UNHEALTHY"));
		this.registry.register(service, "two", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		assertThat(names("10.0.0.1")).containsExactly("worker.corp.local.");
		assertThat(ask("10.0.0.1").getSection(Section.ANSWER).get(0).getTTL()).isEqualTo(10);
		assertThat(ask("2001:db8::1").getRcode()).isEqualTo(Rcode.REFUSED);
		this.registry.client().deregisterInstance((request) -> request.serviceId(service).instanceId("one"));
		assertThat(names("10.0.0.1")).containsExactly("worker.corp.local.");
		this.registry.client().deregisterInstance((request) -> request.serviceId(service).instanceId("two"));
		assertThat(ask("10.0.0.1").getRcode()).isEqualTo(Rcode.REFUSED);
	}

	@Test
	void followsAnInstanceToAnotherAddress() throws Exception {
		String service = service("worker", RecordType.AAAA);
		this.registry.register(service, "one", Map.of("AWS_INSTANCE_IPV6", "2001:0DB8:0::0:1"));
		assertThat(names("2001:db8::1")).containsExactly("worker.corp.local.");
		this.registry.register(service, "one", Map.of("AWS_INSTANCE_IPV6", "2001:db8::2"));
		assertThat(ask("2001:db8::1").getRcode()).isEqualTo(Rcode.REFUSED);
		assertThat(names("2001:db8::2")).containsExactly("worker.corp.local.");
	}

	@Test
	void givesEightOfManyAtOneAddressAndAllWithTime() throws Exception {
		String service = service("worker", RecordType.SRV);
		for (int i = 0; i < 20; i++) {
			this.registry.register(service, "i-" + i,
					Map.of("AWS_INSTANCE_IPV4", "127.0.0.1", "AWS_INSTANCE_PORT", "500" + i));
		}
		Set<String> seen = new HashSet<>();
		for (int i = 0; i < 500 && seen.size() < 20; i++) {
			Set<String> names = names("127.0.0.1");
			assertThat(names).hasSize(8);
			seen.addAll(names);
		}
		assertThat(seen).hasSize(20);
	}

	@Test
	void answersForARegisteredAddressAndWhatIsBelowOnly() throws Exception {
		this.registry.register(service("worker", RecordType.A), "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		Message any = this.registry.query("1.0.0.10.in-addr.arpa.", Type.ANY);
		assertThat(any.getSection(Section.ANSWER)).extracting(Record::getType)
			.containsExactlyInAnyOrder(Type.SOA, Type.NS, Type.PTR);
		Message soa = this.registry.query("1.0.0.10.IN-ADDR.ARPA.", Type.SOA);
		SOARecord authority = (SOARecord) soa.getSection(Section.ANSWER).get(0);
		assertThat(authority.getName()).isEqualTo(Name.fromString("1.0.0.10.in-addr.arpa."));
		assertThat(authority.getMinimum()).isEqualTo(5);
		assertThat(this.registry.query("1.0.0.10.in-addr.arpa.", Type.NS).getSection(Section.ANSWER))
			.hasOnlyElementsOfType(NSRecord.class)
			.hasSize(1);
		Message nothing = this.registry.query("1.0.0.10.in-addr.arpa.", Type.A);
		assertThat(nothing.getRcode()).isEqualTo(Rcode.NOERROR);
		assertThat(nothing.getSection(Section.ANSWER)).isEmpty();
		assertThat(nothing.getSection(Section.AUTHORITY)).containsExactly(authority);
		Message below = this.registry.query("a.1.0.0.10.in-addr.arpa.", Type.PTR);
		assertThat(below.getRcode()).isEqualTo(Rcode.NXDOMAIN);
		assertThat(below.getSection(Section.AUTHORITY)).containsExactly(authority);
	}

	@ParameterizedTest
	@ValueSource(strings = { "arpa.", "in-addr.arpa.", "0.0.10.in-addr.arpa.", "2.0.0.10.in-addr.arpa.",
			"01.0.0.10.in-addr.arpa.", "001.0.0.10.in-addr.arpa.", "0001.0.0.10.in-addr.arpa.",
			"257.0.0.10.in-addr.arpa.", "+1.0.0.10.in-addr.arpa.", "1.0.0.10.ip6.arpa.", "1.0.0.10.in-addr.arpa.org.",
			"0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.",
			"1.0.0.0.0.a.0.0.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.",
			"g.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.",
			"01.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa." })
	void claimsNoOtherAddress(String name) throws Exception {
		this.registry.register(service("worker", RecordType.A, RecordType.AAAA), "one",
				Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_IPV6", "2001:db8::1"));
		assertThat(ask("2001:db8::1").getRcode()).isEqualTo(Rcode.NOERROR);
		assertThat(this.registry.query(name, Type.PTR).getRcode()).isEqualTo(Rcode.REFUSED);
	}

	@Test
	void forgetsTheRecordsThatAServiceDrops() throws Exception {
		String service = service("worker", RecordType.A, RecordType.SRV);
		this.registry.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_PORT", "5000"));
		assertThat(names("10.0.0.1")).containsExactly("one.worker.corp.local.");
		this.registry.client()
			.updateService((request) -> request.id(service)
				.service((change) -> change
					.dnsConfig((dns) -> dns.dnsRecords(DnsRecord.builder().type(RecordType.A).ttl(77L).build()))));
		assertThat(names("10.0.0.1")).containsExactly("worker.corp.local.");
		assertThat(ask("10.0.0.1").getSection(Section.ANSWER).get(0).getTTL()).isEqualTo(77);
		this.registry.client()
			.updateService((request) -> request.id(service).service((change) -> change.description("")));
		assertThat(ask("10.0.0.1").getRcode()).isEqualTo(Rcode.REFUSED);
	}

	@Test
	void namesTheInstancesOfTheNamespaceThatTakesTheZoneOver() throws Exception {
		String second = this.registry.createDnsNamespace("corp.local", "vpc-2");
		String service = this.registry.createDnsService(second, "worker", RoutingPolicy.MULTIVALUE, RecordType.A);
		this.registry.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		assertThat(ask("10.0.0.1").getRcode()).isEqualTo(Rcode.REFUSED);
		this.registry.client().deleteNamespace((request) -> request.id(this.namespace));
		assertThat(names("10.0.0.1")).containsExactly("worker.corp.local.");
	}

	@Test
	void knowsNothingOfInstancesThatAreNotInDns() throws Exception {
		String api = this.registry.client()
			.createService((request) -> request.name("api").namespaceId(this.namespace).type(ServiceTypeOption.HTTP))
			.service()
			.id();
		this.registry.register(api, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		this.registry.register(this.registry.createHttpService(this.registry.createHttpNamespace("http"), "api"), "one",
				Map.of("AWS_EC2_INSTANCE_ID", "i-0abcd1234efab5678"));
		String alias = this.registry.createDnsService(this.namespace, "alias", RoutingPolicy.WEIGHTED,
				RecordType.CNAME);
		this.registry.register(alias, "one",
				Map.of("AWS_INSTANCE_CNAME", "example.org", "AWS_INSTANCE_IPV4", "10.0.0.1"));
		assertThat(ask("10.0.0.1").getRcode()).isEqualTo(Rcode.REFUSED);
	}

	@Test
	void leavesANamespaceOfReverseNamesTheOthers() throws Exception {
		String reverse = this.registry.createDnsNamespace("10.in-addr.arpa");
		this.registry.createDnsService(reverse, "2.0.0", RoutingPolicy.MULTIVALUE, RecordType.A);
		this.registry.register(service("worker", RecordType.A), "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		assertThat(names("10.0.0.1")).containsExactly("worker.corp.local.");
		assertThat(ask("10.0.0.2").getRcode()).isEqualTo(Rcode.NOERROR);
		assertThat(ask("10.0.0.3").getRcode()).isEqualTo(Rcode.NXDOMAIN);
	}

}
