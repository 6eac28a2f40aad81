package dev.cloudmap.registry.dns;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Forwarding of names outside the zones to an upstream.
 */
class DnsForwardTests {

	private static final String SOA = "example.org. 300 SOA ns.example.org. root.example.org. 1 2 3 4 300";

	private ScriptedUpstream upstream;

	private TestRegistry registry;

	private RawDnsClient client;

	@BeforeEach
	void start() throws Exception {
		this.upstream = ScriptedUpstream.start().on("www.example.org.", Type.A, "www.example.org. 60 A 192.0.2.1");
		this.registry = TestRegistry.start((options) -> options.withDnsForward(List.of(this.upstream.address())));
		String service = this.registry.createDnsService(this.registry.createDnsNamespace("corp.local"), "worker",
				RoutingPolicy.MULTIVALUE, RecordType.A);
		this.registry.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		this.client = RawDnsClient.udp(this.registry.server().dnsAddress());
	}

	@AfterEach
	void stop() throws Exception {
		this.client.close();
		this.registry.close();
		this.upstream.close();
	}

	@Test
	void refusesForeignNamesWithoutUpstream() throws Exception {
		try (TestRegistry alone = TestRegistry.start();
				RawDnsClient other = RawDnsClient.udp(alone.server().dnsAddress())) {
			Message answer = other.ask("www.example.org.", Type.A);
			assertThat(answer.getRcode()).isEqualTo(Rcode.REFUSED);
			assertThat(answer.getHeader().getFlag(Flags.RA)).isFalse();
		}
	}

	@Test
	void returnsUpstreamResponse() throws Exception {
		Message query = RawDnsClient.query("wWw.ExAmPlE.oRg.", Type.A);
		Message answer = this.client.ask(query);
		assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
		assertThat(answer.getQuestion().getName()).hasToString("wWw.ExAmPlE.oRg.");
		assertThat(answer.getHeader().getFlag(Flags.QR)).isTrue();
		assertThat(answer.getHeader().getFlag(Flags.RD)).isTrue();
		assertThat(answer.getHeader().getFlag(Flags.RA)).isTrue();
		assertThat(answer.getHeader().getFlag(Flags.AA)).isFalse();
		assertThat(answer.getHeader().getFlag(Flags.TC)).isFalse();
		assertThat(answer.getSection(Section.ANSWER)).hasSize(1);
		assertThat(answer.getSection(Section.ANSWER).get(0).getTTL()).isEqualTo(60);
		assertThat(answer.getSection(Section.ANSWER).get(0).rdataToString()).isEqualTo("192.0.2.1");
		assertThat(answer.getOPT()).isNull();
	}

	@Test
	void countsForwardedResponsesOnceByTransport() throws Exception {
		this.client.ask("www.example.org.", Type.A);
		try (RawDnsClient tcp = RawDnsClient.tcp(this.registry.server().dnsAddress())) {
			tcp.ask("www.example.org.", Type.A);
		}
		assertThat(this.registry.server().dnsStatistics())
			.isEqualTo(new DnsStatistics(1, 1, Map.of("NOERROR", 2L), 0, 0, 0));
	}

	@Test
	void returnsNegativeUpstreamResponse() throws Exception {
		this.upstream.on("none.example.org.", Type.A, (answer) -> ScriptedUpstream
			.withRcode(ScriptedUpstream.add(answer, Section.AUTHORITY, SOA), Rcode.NXDOMAIN));
		this.upstream.on("empty.example.org.", Type.A,
				(answer) -> ScriptedUpstream.add(answer, Section.AUTHORITY, SOA));
		Message none = this.client.ask("none.example.org.", Type.A);
		assertThat(none.getRcode()).isEqualTo(Rcode.NXDOMAIN);
		assertThat(none.getSection(Section.AUTHORITY)).hasOnlyElementsOfType(SOARecord.class).hasSize(1);
		Message empty = this.client.ask("empty.example.org.", Type.A);
		assertThat(empty.getRcode()).isEqualTo(Rcode.NOERROR);
		assertThat(empty.getSection(Section.ANSWER)).isEmpty();
		assertThat(empty.getSection(Section.AUTHORITY)).hasOnlyElementsOfType(SOARecord.class).hasSize(1);
	}

	@Test
	void refusesQueriesWithoutRecursion() throws Exception {
		Message query = RawDnsClient.query("www.example.org.", Type.A);
		query.getHeader().unsetFlag(Flags.RD);
		Message answer = this.client.ask(query);
		assertThat(answer.getRcode()).isEqualTo(Rcode.REFUSED);
		assertThat(answer.getHeader().getFlag(Flags.RA)).isTrue();
		assertThat(this.upstream.queries()).isEmpty();
	}

	@Test
	void forwardsOnlyStandardQueries() throws Exception {
		for (int type : List.of(Type.AXFR, Type.IXFR)) {
			assertThat(this.client.ask("example.org.", type).getRcode()).isEqualTo(Rcode.REFUSED);
		}
		Message notify = RawDnsClient.query("example.org.", Type.SOA);
		notify.getHeader().setOpcode(Opcode.NOTIFY);
		assertThat(this.client.ask(notify).getRcode()).isEqualTo(Rcode.NOTIMP);
		for (int other : List.of(DClass.CH, DClass.ANY)) {
			Message query = Message.newQuery(Record.newRecord(Name.fromString("example.org."), Type.TXT, other));
			assertThat(this.client.ask(query).getRcode()).isEqualTo(Rcode.REFUSED);
		}
		Message two = RawDnsClient.query("www.example.org.", Type.A);
		two.addRecord(two.getQuestion(), Section.QUESTION);
		assertThat(this.client.ask(two).getRcode()).isEqualTo(Rcode.FORMERR);
		assertThat(this.upstream.queries()).isEmpty();
	}

	@Test
	void doesNotForwardNamesInZones() throws Exception {
		for (int i = 0; i < 3; i++) {
			Message answer = this.client.ask("worker.corp.local.", Type.A);
			assertThat(answer.getSection(Section.ANSWER)).hasSize(1);
			assertThat(answer.getHeader().getFlag(Flags.AA)).isTrue();
			assertThat(answer.getHeader().getFlag(Flags.RA)).isTrue();
		}
		Message none = this.client.ask("none.corp.local.", Type.A);
		assertThat(none.getRcode()).isEqualTo(Rcode.NXDOMAIN);
		assertThat(none.getHeader().getFlag(Flags.RA)).isTrue();
		assertThat(this.client.ask("worker.corp.local.", Type.TXT).getRcode()).isEqualTo(Rcode.NOERROR);
		assertThat(this.upstream.queries()).isEmpty();
	}

	@Test
	void usesOwnEdnsOptionsForUpstream() throws Exception {
		Message plain = this.client.ask("www.example.org.", Type.A);
		assertThat(plain.getOPT()).isNull();
		Message query = RawDnsClient.query("www.example.org.", Type.A);
		query.addRecord(
				new OPTRecord(4096, 0, 0, ExtendedFlags.DO, List.of(new GenericEDNSOption(65_001, new byte[] { 1 }))),
				Section.ADDITIONAL);
		this.upstream.on("www.example.org.", Type.A, (answer) -> {
			answer.addRecord(new OPTRecord(4000, 0, 0, 0, List.of(new GenericEDNSOption(65_002, new byte[] { 2 }))),
					Section.ADDITIONAL);
			return answer;
		});
		Message answer = this.client.ask(query);
		assertThat(answer.getOPT().getPayloadSize()).isEqualTo(1232);
		assertThat(answer.getOPT().getFlags()).isEqualTo(ExtendedFlags.DO);
		assertThat(answer.getOPT().getOptions()).isEmpty();
		assertThat(answer.getSection(Section.ADDITIONAL)).hasSize(1);
		OPTRecord first = this.upstream.received().get(0).getOPT();
		assertThat(first.getPayloadSize()).isEqualTo(1232);
		assertThat(first.getFlags()).isZero();
		OPTRecord second = this.upstream.received().get(1).getOPT();
		assertThat(second.getFlags()).isEqualTo(ExtendedFlags.DO);
		assertThat(second.getOptions()).isEmpty();
	}

	@Test
	void truncatesLargeResponsesAndSendsThemOverTcp() throws Exception {
		String[] records = new String[40];
		for (int i = 0; i < records.length; i++) {
			records[i] = "many.example.org. 60 A 192.0.2." + i;
		}
		this.upstream.on("many.example.org.", Type.A, records);
		this.client.send(RawDnsClient.query("many.example.org.", Type.A));
		byte[] plain = this.client.receive();
		assertThat(plain).hasSizeLessThanOrEqualTo(512);
		assertThat(new Message(plain).getHeader().getFlag(Flags.TC)).isTrue();
		Message whole = this.client.ask(RawDnsClient.query("many.example.org.", Type.A, 1232, 0));
		assertThat(whole.getHeader().getFlag(Flags.TC)).isFalse();
		assertThat(whole.getSection(Section.ANSWER)).hasSize(40);
		try (RawDnsClient tcp = RawDnsClient.tcp(this.registry.server().dnsAddress())) {
			assertThat(tcp.ask("many.example.org.", Type.A).getSection(Section.ANSWER)).hasSize(40);
		}
		assertThat(this.upstream.queries()).hasSize(3).containsOnly("UDP A many.example.org.");
	}

	@Test
	void retriesTruncatedUpstreamResponseOverTcp() throws Exception {
		String[] records = new String[250];
		for (int i = 0; i < records.length; i++) {
			records[i] = "huge.example.org. 60 A 192.0.2." + i;
		}
		this.upstream.on("huge.example.org.", Type.A, records);
		Message cut = this.client.ask(RawDnsClient.query("huge.example.org.", Type.A, 4096, 0));
		assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
		assertThat(this.upstream.queries()).containsExactly("UDP A huge.example.org.");
		try (RawDnsClient tcp = RawDnsClient.tcp(this.registry.server().dnsAddress())) {
			Message whole = tcp.ask("huge.example.org.", Type.A);
			assertThat(whole.getHeader().getFlag(Flags.TC)).isFalse();
			assertThat(whole.getSection(Section.ANSWER)).hasSize(250);
		}
		assertThat(this.upstream.queries()).endsWith("UDP A huge.example.org.", "TCP A huge.example.org.");
	}

	@Test
	void usesRandomIdAndPort() throws Exception {
		Message query = RawDnsClient.query("www.example.org.", Type.A);
		for (int i = 0; i < 20; i++) {
			assertThat(this.client.ask(query).getSection(Section.ANSWER)).hasSize(1);
		}
		assertThat(this.upstream.clients().stream().distinct().count()).isGreaterThan(10);
		assertThat(this.upstream.received().stream().map((asked) -> asked.getHeader().getID()).distinct().count())
			.isGreaterThan(10);
	}

	@Test
	void removesUpstreamRecordsOfNamesInZones() throws Exception {
		this.upstream.on("mail.example.org.", Type.MX, (answer) -> {
			ScriptedUpstream.add(answer, Section.ANSWER, "mail.example.org. 60 MX 1 worker.corp.local.");
			return ScriptedUpstream.add(answer, Section.ADDITIONAL, "worker.corp.local. 60 A 192.0.2.66",
					"other.example.org. 60 A 192.0.2.2");
		});
		Message answer = this.client.ask("mail.example.org.", Type.MX);
		assertThat(answer.getSection(Section.ANSWER)).hasSize(1);
		assertThat(answer.getSection(Section.ADDITIONAL)).hasSize(1);
		assertThat(answer.getSection(Section.ADDITIONAL).get(0).getName()).hasToString("other.example.org.");
	}

}
