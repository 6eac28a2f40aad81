package dev.cloudmap.registry.dns;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Size of responses and truncation, with 1, 8 and 1,000 instances and with short and long
 * names.
 */
class DnsSizeTests {

	private static final int HEADER = 12;

	private static final int TYPE_AND_CLASS = 4;

	private static final int POINTER = 2;

	/** Size of a record without its name and data. */
	private static final int TYPE_TO_LENGTH = 10;

	private static final int SRV_NUMBERS = 6;

	private static final int OPT = 11;

	private static final int PLAIN_LIMIT = 512;

	private static final int MOST = 8;

	private static final String LONG = "a-service-of-a-name-as-long-as-labels-may-be-which-is-63-letters".substring(0,
			63);

	private static TestRegistry registry;

	@BeforeAll
	static void start() {
		registry = TestRegistry.start();
		String namespace = registry.createDnsNamespace("corp.local");
		register(namespace, "one", 1, "");
		register(namespace, "eight", 8, "");
		register(namespace, "thousand", 1000, "");
		String longer = registry.createDnsNamespace("a-namespace-of-a-long-name.corp.local");
		register(longer, LONG, 8, "x".repeat(59));
		register(longer, LONG.substring(0, 62), 1, "x".repeat(59));
	}

	private static void register(String namespace, String name, int count, String prefix) {
		String service = registry.createDnsService(namespace, name, RoutingPolicy.MULTIVALUE, RecordType.A,
				RecordType.AAAA, RecordType.SRV);
		for (int i = 0; i < count; i++) {
			registry.register(service, "%s%04d".formatted(prefix, i),
					Map.of("AWS_INSTANCE_IPV4", "10.0.%d.%d".formatted(i / 250, i % 250), "AWS_INSTANCE_IPV6",
							"2001:db8::%x".formatted(i), "AWS_INSTANCE_PORT", "5000"));
		}
	}

	@AfterAll
	static void stop() {
		registry.close();
	}

	static Stream<Arguments> questions() {
		List<Arguments> questions = new ArrayList<>();
		for (int type : List.of(Type.A, Type.AAAA, Type.SRV)) {
			questions.add(Arguments.of("one.corp.local.", type, 1));
			questions.add(Arguments.of("eight.corp.local.", type, MOST));
			questions.add(Arguments.of("thousand.corp.local.", type, MOST));
			questions.add(Arguments.of(LONG.substring(0, 62) + ".a-namespace-of-a-long-name.corp.local.", type, 1));
			questions.add(Arguments.of(LONG + ".a-namespace-of-a-long-name.corp.local.", type, MOST));
		}
		return questions.stream();
	}

	@ParameterizedTest
	@MethodSource("questions")
	void truncatesAnswerToSizeAndSendsAllOverTcp(String name, int type, int count) throws Exception {
		Set<Integer> truncated = new HashSet<>();
		try (RawDnsClient udp = RawDnsClient.udp(registry.server().dnsAddress());
				RawDnsClient tcp = RawDnsClient.tcp(registry.server().dnsAddress())) {
			// Often enough to include cached responses.
			for (int i = 0; i < 20; i++) {
				Message whole = check(tcp, query(name, type, 0), 65_535, count);
				assertThat(whole.getSection(Section.ANSWER)).hasSize(count);
				assertThat(whole.getSection(Section.ADDITIONAL)).hasSize((type == Type.SRV) ? 2 * count : 0);
				check(tcp, query(name, type, 1232), 65_535, count);
				int size = whole.numBytes();
				// The last two sizes are the exact size of the response and one byte
				// less.
				for (int payload : List.of(0, 100, 512, 1232, 4096, size + OPT, size + OPT - 1)) {
					int limit = Math.max(PLAIN_LIMIT, Math.min(payload, 1232));
					Message answer = check(udp, query(name, type, payload), limit, count);
					if (size + ((payload > 0) ? OPT : 0) <= limit) {
						assertThat(answer.getSection(Section.ADDITIONAL))
							.hasSize(whole.getSection(Section.ADDITIONAL).size() + ((payload > 0) ? 1 : 0));
					}
					if (answer.getHeader().getFlag(Flags.TC)) {
						truncated.add(payload);
					}
				}
			}
		}
		if (type != Type.SRV || count == 1) {
			assertThat(truncated).isEmpty();
		}
		else if (name.startsWith(LONG)) {
			assertThat(truncated).hasSize(7);
		}
	}

	private static Message query(String name, int type, int payload) throws Exception {
		Message query = RawDnsClient.query(name, type);
		if (payload > 0) {
			query.addRecord(new OPTRecord(payload, 0, 0), Section.ADDITIONAL);
		}
		return query;
	}

	private static Message check(RawDnsClient client, Message query, int limit, int count) throws Exception {
		byte[] response = client.ask(query.toWire());
		Message answer = new Message(response);
		assertThat(response.length).isLessThanOrEqualTo(limit).isEqualTo(size(answer));
		List<Record> records = answer.getSection(Section.ANSWER);
		assertThat(records).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(count);
		assertThat(answer.getHeader().getFlag(Flags.TC)).isEqualTo(records.size() < count);
		assertThat(answer.getOPT() != null).isEqualTo(query.getOPT() != null);
		Set<Name> targets = records.stream()
			.filter(SRVRecord.class::isInstance)
			.map((entry) -> ((SRVRecord) entry).getTarget())
			.collect(Collectors.toSet());
		assertThat(additional(answer)).allSatisfy((entry) -> assertThat(targets).contains(entry.getName()));
		return answer;
	}

	private static List<Record> additional(Message answer) {
		return answer.getSection(Section.ADDITIONAL).stream().filter((entry) -> !(entry instanceof OPTRecord)).toList();
	}

	/**
	 * Returns the size of a message in which every name is compressed except the targets
	 * of SRV records, which must not be compressed (RFC 2782).
	 */
	private static int size(Message answer) {
		int size = HEADER + answer.getQuestion().getName().length() + TYPE_AND_CLASS;
		for (Record entry : answer.getSection(Section.ANSWER)) {
			size += POINTER + TYPE_TO_LENGTH
					+ ((entry instanceof SRVRecord srv) ? SRV_NUMBERS + srv.getTarget().length() : data(entry));
		}
		Set<Name> seen = new HashSet<>();
		for (Record entry : additional(answer)) {
			// The labels before the name of the service are written once.
			size += seen.add(entry.getName()) ? entry.getName().getLabel(0).length : 0;
			size += POINTER + TYPE_TO_LENGTH + data(entry);
		}
		return size + ((answer.getOPT() != null) ? OPT : 0);
	}

	private static int data(Record entry) {
		return (entry.getType() == Type.A) ? 4 : 16;
	}

}
