package dev.cloudmap.registry.dns;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.dns.response.QueryResponder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Malformed queries are answered with an error or ignored, and counted once.
 */
class DnsMalformedTests {

	private static final int ID = 0x1234;

	private static final byte[] ROOT = { 0 };

	private static final int POINTER = 0xC000;

	/** Offset of the name in the question. */
	private static final int NAME = 12;

	private static final int FUZZED = 20_000;

	/** Small enough for any socket buffer. */
	private static final int BATCH = 40;

	private TestRegistry registry;

	@BeforeEach
	void start() {
		this.registry = TestRegistry.start();
		String service = this.registry.createDnsService(this.registry.createDnsNamespace("corp.local"), "worker",
				RoutingPolicy.MULTIVALUE, RecordType.SRV, RecordType.A);
		for (int i = 0; i < 8; i++) {
			this.registry.register(service, "x".repeat(60) + i,
					Map.of("AWS_INSTANCE_IPV4", "10.0.0." + i, "AWS_INSTANCE_PORT", "5000"));
		}
	}

	@AfterEach
	void stop() {
		this.registry.close();
	}

	private RawDnsClient client(QueryResponder.Transport transport) throws IOException {
		return (transport == QueryResponder.Transport.UDP) ? RawDnsClient.udp(this.registry.server().dnsAddress())
				: RawDnsClient.tcp(this.registry.server().dnsAddress());
	}

	private static byte[] header(int flags, int questions, int answers, int authorities, int additional)
			throws IOException {
		return RawDnsClient.packet(ID, flags, questions, answers, authorities, additional);
	}

	private static byte[] question() throws IOException {
		return RawDnsClient.packet("worker.corp.local", ROOT, Type.A, 1);
	}

	private static byte[] opt(byte[] owner, Object... data) throws IOException {
		byte[] options = RawDnsClient.packet(data);
		return RawDnsClient.packet(owner, Type.OPT, 1232, 0, 0, options.length, options);
	}

	private static byte[] tsig(int dclass) throws IOException {
		byte[] data = RawDnsClient.packet("hmac-sha256", ROOT, 0, 0x1234, 0x5678, 300, 4, 1, 2, ID, 0, 0);
		return RawDnsClient.packet("key", ROOT, Type.TSIG, dclass, 0, 0, data.length, data);
	}

	static Stream<Arguments> malformed() throws IOException {
		byte[] one = header(0, 1, 0, 0, 0);
		byte[] edns = RawDnsClient.packet(header(0, 1, 0, 0, 1), question());
		return Stream.of(Arguments.of("no question", header(0, 0, 0, 0, 0)),
				Arguments.of("two questions", RawDnsClient.packet(header(0, 2, 0, 0, 0), question(), question())),
				Arguments.of("65,535 questions", RawDnsClient.packet(header(0, 65_535, 0, 0, 0), question())),
				Arguments.of("65,535 records", RawDnsClient.packet(header(0, 1, 65_535, 65_535, 65_535), question())),
				Arguments.of("a question that is missing", one),
				Arguments.of("a name that is cut", RawDnsClient.packet(one, "worker")),
				Arguments.of("a label that is cut", RawDnsClient.packet(one, new byte[] { 6, 'w', 'o' })),
				Arguments.of("a type that is cut", RawDnsClient.packet(one, "worker", ROOT, ROOT)),
				Arguments.of("a class that is missing", RawDnsClient.packet(one, "worker", ROOT, Type.A)),
				Arguments.of("a pointer to itself", RawDnsClient.packet(one, POINTER | NAME, Type.A, 1)),
				Arguments.of("a pointer to its own name",
						RawDnsClient.packet(one, "worker", POINTER | NAME, Type.A, 1)),
				Arguments.of("a pointer forward",
						RawDnsClient.packet(one, POINTER | NAME + 6, Type.A, 1, "worker", ROOT)),
				Arguments.of("a pointer beyond the end", RawDnsClient.packet(one, POINTER | 0x3FFF, Type.A, 1)),
				Arguments.of("a pointer that is cut", RawDnsClient.packet(one, new byte[] { (byte) 0xC0 })),
				Arguments.of("a label of 64", RawDnsClient.packet(one, "x".repeat(64), ROOT, Type.A, 1)),
				Arguments.of("a label of another kind", RawDnsClient.packet(one, "x".repeat(128), ROOT, Type.A, 1)),
				Arguments.of("a name of 256",
						RawDnsClient.packet(one, "x".repeat(62), "x".repeat(63), "x".repeat(63), "x".repeat(63), ROOT,
								Type.A, 1)),
				Arguments.of("two OPT records",
						RawDnsClient.packet(header(0, 1, 0, 0, 2), question(), opt(ROOT), opt(ROOT))),
				Arguments.of("an OPT record of another than the root",
						RawDnsClient.packet(edns, opt(RawDnsClient.packet("a", ROOT)))),
				Arguments.of("an OPT record among answers",
						RawDnsClient.packet(header(0, 1, 1, 0, 0), question(), opt(ROOT))),
				Arguments.of("an option beyond its record", RawDnsClient.packet(edns, opt(ROOT, 100, 5, 1))),
				Arguments.of("an option that is cut", RawDnsClient.packet(edns, opt(ROOT, 100))),
				Arguments.of("an OPT record beyond the packet",
						RawDnsClient.packet(edns, ROOT, Type.OPT, 1232, 0, 0, 100, 1)),
				Arguments.of("an OPT record that is missing", edns),
				Arguments.of("two TSIG records",
						RawDnsClient.packet(header(0, 1, 0, 0, 2), question(), tsig(DClass.ANY), tsig(DClass.ANY))),
				Arguments.of("a TSIG record that is not the last",
						RawDnsClient.packet(header(0, 1, 0, 0, 2), question(), tsig(DClass.ANY), opt(ROOT))),
				Arguments.of("a TSIG record among answers",
						RawDnsClient.packet(header(0, 1, 1, 0, 0), question(), tsig(DClass.ANY))),
				Arguments.of("a TSIG record among authorities",
						RawDnsClient.packet(header(0, 1, 0, 1, 0), question(), tsig(DClass.ANY))),
				Arguments.of("a TSIG record of the class IN", RawDnsClient.packet(edns, tsig(DClass.IN))),
				Arguments.of("a TSIG record that is cut",
						Arrays.copyOf(RawDnsClient.packet(edns, tsig(DClass.ANY)), 60)),
				Arguments.of("a TSIG record without data",
						RawDnsClient.packet(edns, "key", ROOT, Type.TSIG, DClass.ANY, 0, 0, 0)),
				Arguments.of("a MAC beyond its record",
						RawDnsClient.packet(edns, "key", ROOT, Type.TSIG, DClass.ANY, 0, 0, 15, "alg", ROOT, 0, 0, 0,
								300, 65_535)),
				Arguments.of("an OPT record that is missing, said to be cut",
						RawDnsClient.packet(header(0x200, 1, 0, 0, 1), question())),
				Arguments.of("as many records as nobody sends",
						RawDnsClient.packet(header(0, 1, 0, 0, 20), question(), new byte[20 * 11])),
				Arguments.of("64 KiB of pointers beyond the end", RawDnsClient.packet(one, filled(65_000))));
	}

	private static byte[] filled(int length) {
		byte[] bytes = new byte[length];
		Arrays.fill(bytes, (byte) 0xFF);
		return bytes;
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("malformed")
	void answersMalformedQueriesWithError(String what, byte[] packet) throws IOException {
		for (QueryResponder.Transport transport : QueryResponder.Transport.values()) {
			DnsStatistics before = this.registry.server().dnsStatistics();
			try (RawDnsClient client = client(transport)) {
				byte[] response = client.ask(packet);
				assertThat(response).startsWith(packet[0], packet[1]);
				assertThat(response.length).isLessThanOrEqualTo(Math.max(NAME, packet.length));
				assertThat(new Message(response).getRcode()).isEqualTo(Rcode.FORMERR);
				assertThat(client.ask(RawDnsClient.query("worker.corp.local.", Type.A)).getRcode()).isZero();
			}
			assertThat(this.registry.server().dnsStatistics().malformed()).isEqualTo(before.malformed() + 1);
		}
	}

	static Stream<Arguments> unusual() throws IOException {
		byte[] edns = RawDnsClient.packet(header(0, 1, 0, 0, 1), question());
		return Stream.of(
				Arguments.of("bytes behind it", Rcode.NOERROR,
						RawDnsClient.packet(header(0, 1, 0, 0, 0), question(), new byte[100])),
				Arguments.of("64 KiB behind it", Rcode.NOERROR,
						RawDnsClient.packet(header(0, 1, 0, 0, 0), question(), new byte[65_000])),
				Arguments.of("a reserved flag", Rcode.NOERROR,
						RawDnsClient.packet(header(0x40, 1, 0, 0, 0), question())),
				Arguments.of("an unknown option", Rcode.NOERROR,
						RawDnsClient.packet(edns, opt(ROOT, 65_001, 2, 0xABCD))),
				Arguments.of("a tiny payload", Rcode.NOERROR, RawDnsClient.packet(edns, ROOT, Type.OPT, 0, 0, 0, 0)),
				Arguments.of("a record with it", Rcode.NOERROR,
						RawDnsClient.packet(header(0, 1, 0, 0, 1), question(), POINTER | NAME, Type.A, 1, 0, 0, 4, 0,
								0)),
				Arguments.of("a name that points into the header", Rcode.REFUSED,
						RawDnsClient.packet(header(0, 1, 0, 0, 0), POINTER | 6, Type.A, 1)),
				Arguments.of("a name of 255", Rcode.REFUSED,
						RawDnsClient.packet(header(0, 1, 0, 0, 0), "x".repeat(61), "x".repeat(63), "x".repeat(63),
								"x".repeat(63), ROOT, Type.A, 1)),
				Arguments.of("class CH", Rcode.REFUSED,
						RawDnsClient.packet(header(0, 1, 0, 0, 0), "version.bind", ROOT, Type.TXT, 3)),
				Arguments.of("STATUS", Rcode.NOTIMP, RawDnsClient.packet(header(2 << 11, 1, 0, 0, 0), question())),
				Arguments.of("a stateful operation", Rcode.NOTIMP, header(6 << 11, 0, 0, 0, 0)));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("unusual")
	void answersUnusualQueries(String what, int rcode, byte[] packet) throws IOException {
		for (QueryResponder.Transport transport : QueryResponder.Transport.values()) {
			try (RawDnsClient client = client(transport)) {
				assertThat(new Message(client.ask(packet)).getRcode()).isEqualTo(rcode);
			}
		}
		assertThat(this.registry.server().dnsStatistics().malformed()).isZero();
	}

	static Stream<byte[]> unanswerable() throws IOException {
		byte[] response = RawDnsClient.packet(header(0x8000, 1, 0, 0, 0), question());
		return Stream.of(new byte[0], new byte[1], new byte[11], response, Arrays.copyOf(response, 12));
	}

	@ParameterizedTest
	@MethodSource("unanswerable")
	void ignoresUnanswerablePackets(byte[] packet) throws IOException {
		try (RawDnsClient client = client(QueryResponder.Transport.UDP)) {
			client.send(packet);
			Message query = RawDnsClient.query("worker.corp.local.", Type.A);
			assertThat(client.ask(query).getHeader().getID()).isEqualTo(query.getHeader().getID());
		}
		assertThat(this.registry.server().dnsStatistics().malformed()).isOne();
		assertThat(this.registry.server().dnsStatistics().udpQueries()).isEqualTo(2);
	}

	@ParameterizedTest
	@MethodSource("unanswerable")
	void closesConnectionAfterUnanswerableMessage(byte[] packet) throws IOException {
		try (RawDnsClient client = client(QueryResponder.Transport.TCP)) {
			assertThat(client.ask(RawDnsClient.query("worker.corp.local.", Type.A)).getRcode()).isZero();
			client.send(packet);
			assertThatExceptionOfType(EOFException.class).isThrownBy(client::receive);
		}
		assertThat(this.registry.server().dnsStatistics().malformed()).isOne();
		assertThat(this.registry.server().dnsStatistics().tcpQueries()).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 30 })
	void countsIncompleteMessageAtEndOfConnection(int arrived) throws IOException {
		byte[] query = RawDnsClient.query("worker.corp.local.", Type.A).toWire();
		try (Socket socket = new Socket(this.registry.server().dnsAddress().getAddress(),
				this.registry.server().dnsAddress().getPort())) {
			socket.getOutputStream().write(RawDnsClient.packet(query.length, query), 0, arrived);
		}
		await().untilAsserted(() -> assertThat(this.registry.server().dnsStatistics().malformed()).isOne());
		assertThat(this.registry.server().dnsStatistics().tcpQueries()).isOne();
	}

	/**
	 * Mutated queries. Each receives at most one response, within the size limit.
	 */
	@Test
	void limitsResponsesToMutatedPackets() throws IOException {
		Random random = new Random(42);
		List<byte[]> samples = samples();
		DnsStatistics before = this.registry.server().dnsStatistics();
		int sent = 0;
		int answered = 0;
		try (RawDnsClient client = client(QueryResponder.Transport.UDP)) {
			while (sent < FUZZED) {
				Map<Integer, byte[]> asked = new HashMap<>();
				for (int i = 0; i < BATCH; i++) {
					byte[] packet = mutate(samples.get(random.nextInt(samples.size())), random);
					if (packet.length >= 2) {
						packet[0] = (byte) i;
						packet[1] = 0;
						asked.put(i << 8, packet);
					}
					client.send(packet);
					sent++;
				}
				client.send(RawDnsClient.packet(0xFFFF, 0, 1, 0, 0, 0, question()));
				sent++;
				Set<Integer> ids = new HashSet<>();
				for (byte[] response = client.receive(); id(response) != 0xFFFF; response = client.receive()) {
					assertThat(ids.add(id(response))).as("a second response").isTrue();
					assertThat(asked).containsKey(id(response));
					check(asked.get(id(response)), response);
					answered++;
				}
			}
		}
		assertThat(answered).isGreaterThan(FUZZED / 2);
		DnsStatistics after = this.registry.server().dnsStatistics();
		assertThat(after.udpQueries() - before.udpQueries()).isEqualTo(sent);
		assertThat(after.dropped()).isZero();
		assertThat(after.responses()).doesNotContainKey("SERVFAIL").containsKeys("NOERROR", "FORMERR", "NOTIMP");
	}

	private static int id(byte[] message) {
		return (message[0] & 0xFF) << 8 | (message[1] & 0xFF);
	}

	private static void check(byte[] packet, byte[] response) throws IOException {
		assertThat(response.length).isLessThanOrEqualTo(QueryResponder.Transport.UDP.most());
		assertThat(packet[2] & 0x80).as("a response to a response").isZero();
		Message message = new Message(response);
		assertThat(message.getHeader().getFlag(Flags.QR)).isTrue();
		assertThat(message.getSectionRRsets(Section.ANSWER))
			.allSatisfy((records) -> assertThat(records.size()).isLessThanOrEqualTo(8));
		if (message.getOPT() == null) {
			assertThat(response.length).isLessThanOrEqualTo(512);
		}
		if (message.getRcode() == Rcode.FORMERR) {
			assertThat(response.length).isLessThanOrEqualTo(packet.length + 11);
		}
	}

	private static List<byte[]> samples() throws IOException {
		List<byte[]> samples = new ArrayList<>();
		for (int type : List.of(Type.A, Type.SRV, Type.ANY, Type.SOA)) {
			Message query = RawDnsClient.query("worker.corp.local.", type);
			samples.add(query.toWire());
			query.addRecord(new OPTRecord(4096, 0, 0), Section.ADDITIONAL);
			samples.add(query.toWire());
		}
		samples.add(RawDnsClient.packet(header(0, 1, 0, 0, 1), question(), opt(ROOT, 100, 2, 1, 10, 8, 1, 2, 3, 4)));
		samples.add(RawDnsClient.packet(header(0, 1, 1, 0, 0), question(), POINTER | NAME, Type.NS, 1, 0, 0, 2,
				POINTER | NAME));
		samples.add(RawDnsClient.packet(header(0, 1, 0, 0, 1), question(), tsig(DClass.ANY)));
		samples.add(RawDnsClient.query("0.0.0.10.in-addr.arpa.", Type.PTR).toWire());
		return samples;
	}

	private static byte[] mutate(byte[] sample, Random random) {
		byte[] packet = sample.clone();
		switch (random.nextInt(5)) {
			case 0 -> packet = Arrays.copyOf(packet, random.nextInt(packet.length + 20));
			case 1 -> {
				packet = new byte[random.nextInt(600)];
				random.nextBytes(packet);
			}
			default -> {
				for (int i = random.nextInt(4); i >= 0; i--) {
					packet[random
						.nextInt(packet.length)] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(3));
				}
			}
		}
		return packet;
	}

}
