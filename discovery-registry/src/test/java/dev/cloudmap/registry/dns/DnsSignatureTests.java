package dev.cloudmap.registry.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSOutput;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SIGRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TSIGRecord;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.dns.response.QueryResponder;
import dev.cloudmap.registry.dns.response.Reply;
import dev.cloudmap.registry.dns.zone.Zones;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.emulation.Emulation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Queries with transaction signatures. The server has no keys.
 */
class DnsSignatureTests {

	private static final String KEY = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=";

	private TestRegistry registry;

	@BeforeEach
	void start() {
		this.registry = TestRegistry
			.start((options) -> options.withDnsForward(List.of(new InetSocketAddress("127.0.0.1", 9))));
		String worker = this.registry.createDnsService(this.registry.createDnsNamespace("corp.local"), "worker",
				RoutingPolicy.MULTIVALUE, RecordType.A);
		this.registry.register(worker, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
	}

	@AfterEach
	void stop() {
		this.registry.close();
	}

	private List<Message> ask(Message query) throws IOException {
		try (RawDnsClient udp = RawDnsClient.udp(this.registry.server().dnsAddress());
				RawDnsClient tcp = RawDnsClient.tcp(this.registry.server().dnsAddress())) {
			return List.of(udp.ask(query), tcp.ask(query));
		}
	}

	private void assertIsRefused(Message query) throws IOException {
		TSIGRecord signature = query.getTSIG();
		for (Message answer : ask(query)) {
			assertThat(answer.getHeader().getRcode()).isEqualTo(Rcode.NOTAUTH);
			assertThat(answer.getHeader().getFlag(Flags.AA)).isFalse();
			assertThat(answer.getQuestion()).isEqualTo(query.getQuestion());
			assertThat(answer.getSection(Section.ANSWER)).isEmpty();
			assertThat(answer.getSection(Section.AUTHORITY)).isEmpty();
			assertThat(answer.getOPT() != null).isEqualTo(query.getOPT() != null);
			TSIGRecord refusal = answer.getTSIG();
			assertThat(refusal.getError()).isEqualTo(Rcode.BADKEY);
			assertThat(refusal.getName()).isEqualTo(signature.getName());
			assertThat(refusal.getAlgorithm()).isEqualTo(signature.getAlgorithm());
			assertThat(refusal.getDClass()).isEqualTo(DClass.ANY);
			assertThat(refusal.getTTL()).isZero();
			assertThat(refusal.getFudge()).isEqualTo(signature.getFudge());
			assertThat(refusal.getSignature()).isEmpty();
			assertThat(refusal.getOriginalID()).isEqualTo(query.getHeader().getID());
			assertThat(refusal.getTimeSigned())
				.isAfterOrEqualTo(signature.getTimeSigned().truncatedTo(ChronoUnit.SECONDS));
			assertThat(answer.numBytes()).isLessThanOrEqualTo(query.numBytes());
		}
	}

	private static Message signed(Message query) {
		new TSIG(TSIG.HMAC_SHA256, Name.fromConstantString("key.example."), KEY).apply(query, null);
		return query;
	}

	@ParameterizedTest
	@ValueSource(strings = { "worker.corp.local.", "nobody.corp.local.", "www.example.org." })
	void rejectsUnknownKey(String name) throws IOException {
		assertIsRefused(signed(RawDnsClient.query(name, Type.A)));
		assertIsRefused(signed(RawDnsClient.query(name, Type.A, 1232, 0)));
		assertIsRefused(signed(RawDnsClient.query(name, Type.ANY)));
	}

	@Test
	void rejectsUnknownKeyForAnyQuestion() throws IOException {
		assertIsRefused(signed(RawDnsClient.query("corp.local.", Type.AXFR)));
		for (int opcode : List.of(Opcode.UPDATE, Opcode.NOTIFY)) {
			Message query = RawDnsClient.query("corp.local.", Type.SOA);
			query.getHeader().setOpcode(opcode);
			assertIsRefused(signed(query));
		}
		Message newer = RawDnsClient.query("corp.local.", Type.SOA);
		newer.addRecord(new OPTRecord(1232, 0, 1), Section.ADDITIONAL);
		assertIsRefused(signed(newer));
	}

	@Test
	void omitsErrorRecordThatDoesNotFit() throws IOException {
		Name longest = Name.fromConstantString(("x".repeat(62) + ".").repeat(4));
		Message query = RawDnsClient.query(longest.toString(), Type.A);
		query.addRecord(
				new TSIGRecord(Name.fromConstantString(("k".repeat(62) + ".").repeat(4)), DClass.ANY, 0, longest,
						Instant.EPOCH, Duration.ofMinutes(5), new byte[0], query.getHeader().getID(), 0, null),
				Section.ADDITIONAL);
		try (RawDnsClient udp = RawDnsClient.udp(this.registry.server().dnsAddress())) {
			Message answer = udp.ask(query);
			assertThat(answer.getHeader().getRcode()).isEqualTo(Rcode.NOTAUTH);
			assertThat(answer.getTSIG()).isNull();
			assertThat(answer.numBytes()).isLessThanOrEqualTo(512);
		}
	}

	/**
	 * The algorithm name of the query is a compression pointer to the question; the
	 * response contains the full name.
	 */
	@Test
	void remoteResponseIsNoLargerThanQuery() throws Exception {
		ManualScheduler scheduler = new ManualScheduler();
		try (RegistryState state = new RegistryState(Journal.NONE, scheduler, () -> Emulation.NONE)) {
			QueryResponder responder = new QueryResponder(
					Zones.of(LookupView.of(state, () -> Emulation.NONE, scheduler)), QueryResponder.Recursion.NONE);
			for (int labels = 1; labels <= 4; labels++) {
				for (boolean edns : new boolean[] { false, true }) {
					byte[] query = withCompressedSignature(("y".repeat(50) + ".").repeat(labels), edns);
					Message remote = answer(responder, query, QueryResponder.Transport.REMOTE_UDP);
					assertThat(remote.getRcode()).isEqualTo(Rcode.NOTAUTH);
					assertThat(remote.getTSIG()).isNull();
					assertThat(remote.numBytes()).isLessThanOrEqualTo(query.length);
					Message local = answer(responder, query, QueryResponder.Transport.UDP);
					assertThat(local.getHeader().getRcode()).isEqualTo(Rcode.NOTAUTH);
					assertThat(local.getTSIG()).isNotNull();
				}
			}
			byte[] ordinary = signed(RawDnsClient.query("corp.local.", Type.A)).toWire();
			assertThat(answer(responder, ordinary, QueryResponder.Transport.REMOTE_UDP).getTSIG()).isNotNull();
		}
	}

	private static byte[] withCompressedSignature(String name, boolean edns) throws IOException {
		Message plain = edns ? RawDnsClient.query(name, Type.A, 1232, 0) : RawDnsClient.query(name, Type.A);
		byte[] wire = plain.toWire();
		wire[11]++;
		DNSOutput query = new DNSOutput();
		query.writeByteArray(wire);
		int question = 0xC00C;
		query.writeU16(question);
		query.writeU16(Type.TSIG);
		query.writeU16(DClass.ANY);
		query.writeU32(0);
		query.writeU16(18);
		query.writeU16(question);
		query.writeU16(0);
		query.writeU32(1);
		query.writeU16(300);
		query.writeU16(0);
		query.writeU16(plain.getHeader().getID());
		query.writeU16(0);
		query.writeU16(0);
		return query.toByteArray();
	}

	private static Message answer(QueryResponder responder, byte[] query, QueryResponder.Transport transport)
			throws IOException {
		Reply reply = responder.respond(query, transport);
		assertThat(reply).isInstanceOf(Reply.Complete.class);
		return new Message(((Reply.Complete) reply).response());
	}

	/**
	 * A server can ignore the signature of an ordinary query (RFC 2931, section 3).
	 */
	@Test
	void ignoresPublicKeySignatures() throws Exception {
		Message query = RawDnsClient.query("worker.corp.local.", Type.A);
		query.addRecord(new SIGRecord(Name.root, DClass.ANY, 0, 0, 8, 0, Instant.EPOCH, Instant.EPOCH, 1,
				Name.fromConstantString("key.example."), new byte[64]), Section.ADDITIONAL);
		for (Message answer : ask(query)) {
			assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
			assertThat(answer.getSection(Section.ANSWER)).extracting(Record::rdataToString).containsExactly("10.0.0.1");
		}
	}

}
