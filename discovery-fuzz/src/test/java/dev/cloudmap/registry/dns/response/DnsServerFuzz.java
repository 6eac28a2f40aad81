package dev.cloudmap.registry.dns.response;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.fuzz.Check;
import dev.cloudmap.fuzz.Input;
import dev.cloudmap.fuzz.LoggedErrors;
import dev.cloudmap.fuzz.ManualTimeline;
import dev.cloudmap.registry.dns.zone.Zones;

/**
 * Sends arbitrary bytes as a query to the DNS server. The first byte of an input selects
 * TCP (bit 0) and a server that forwards queries (bit 1); the others are the packet. The
 * query is answered with and without {@link ResponseCache}, and the answers must be the
 * same.
 */
public final class DnsServerFuzz {

	private static final int HEADER = 12;

	private static final int TCP = 1;

	private static final int FORWARDING = 2;

	/**
	 * A number of records below the maximum of an answer, so that an answer contains all
	 * of them.
	 */
	private static final int UNTRUNCATED_RECORDS = 7;

	private static final ManualTimeline TIMELINE = new ManualTimeline();

	private static final Zones ZONES = SampleZones.create(TIMELINE);

	private static final Server PLAIN = new Server(QueryResponder.Recursion.NONE);

	private static final Server RECURSIVE = new Server(QueryResponder.Recursion.AVAILABLE);

	private DnsServerFuzz() {
	}

	public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
		Input input = new Input(bytes);
		int mode = input.next();
		byte[] packet = input.rest();
		QueryResponder.Transport transport = ((mode & TCP) != 0) ? QueryResponder.Transport.TCP
				: QueryResponder.Transport.UDP;
		Server server = ((mode & FORWARDING) != 0) ? RECURSIVE : PLAIN;
		TIMELINE.advance(ResponseCache.MAX_AGE);
		byte[] original = packet.clone();
		Reply reply = server.responder.respond(packet, transport);
		if (reply instanceof Reply.Incomplete incomplete) {
			check(server, packet, server.responder.complete(incomplete), transport);
			check(server, packet, server.responder.fail(incomplete), transport);
		}
		else if (reply instanceof Reply.Complete complete) {
			Message expected = check(server, packet, complete.response(), transport);
			Check.that(expected.getRcode() != Rcode.SERVFAIL, "SERVFAIL for a query that was not forwarded");
			checkCached(server, packet, expected, transport);
		}
		Check.that((reply == null) == (packet.length < HEADER || (packet[2] & 0x80) != 0),
				"A response was answered, or a query was not answered:", reply);
		Check.that(Arrays.equals(original, packet), "The packet was changed");
		LoggedErrors.rethrow();
	}

	/**
	 * Checks a response and compares it with its query.
	 */
	private static Message check(Server server, byte[] packet, byte[] response, QueryResponder.Transport transport)
			throws IOException {
		Message message = new Message(response);
		Message query = query(packet);
		for (int section = 0; section < 4; section++) {
			Check.that(message.getSection(section).size() == message.getHeader().getCount(section),
					"The response lacks records that its header counts");
		}
		Check.that(message.numBytes() == response.length, "The response has trailing bytes");
		Check.that(response.length <= limit(query, transport), "The response has too many bytes:", response.length);
		Check.that(response[0] == packet[0] && response[1] == packet[1], "The id differs from that of the query");
		Check.that((response[2] & 0xF9) == (0x80 | (packet[2] & 0x79)),
				"The opcode or the flag RD differs from that of the query");
		Check.that((response[3] & 0xF0) == ((server.recursion == QueryResponder.Recursion.AVAILABLE) ? 0x80 : 0),
				"The flag RA is wrong, or a reserved flag is set");
		Check.that(transport == QueryResponder.Transport.UDP || !message.getHeader().getFlag(Flags.TC),
				"A response over TCP is truncated");
		if (query == null) {
			Check.that(message.getRcode() == Rcode.FORMERR && response.length == HEADER,
					"A malformed query was answered with", message);
			return message;
		}
		List<Record> questions = query.getSection(Section.QUESTION);
		List<Record> repeated = message.getSection(Section.QUESTION);
		boolean truncated = message.getHeader().getFlag(Flags.TC) && questions.size() > 1;
		Check.that(repeated.equals(truncated ? questions.subList(0, repeated.size()) : questions),
				"The question differs from that of the query:", message);
		// The equality of names ignores the case.
		Check.that(
				repeated.isEmpty()
						|| message.getQuestion().getName().toString().equals(questions.get(0).getName().toString()),
				"The case of the question differs from that of the query");
		checkEdns(query, message);
		checkContent(message);
		return message;
	}

	/**
	 * Returns the query, or null if it is malformed.
	 */
	private static @Nullable Message query(byte[] packet) {
		try {
			return QueryParser.read(packet);
		}
		catch (IOException | RuntimeException ex) {
			return null;
		}
	}

	private static int limit(@Nullable Message query, QueryResponder.Transport transport) {
		if (transport == QueryResponder.Transport.TCP) {
			return 65_535;
		}
		OPTRecord edns = (query != null) ? query.getOPT() : null;
		return (edns == null) ? 512 : Math.max(512, Math.min(1232, edns.getPayloadSize()));
	}

	private static void checkEdns(Message query, Message message) {
		OPTRecord asked = query.getOPT();
		OPTRecord answered = message.getOPT();
		Check.that((asked == null) == (answered == null), "Only one of query and response has an OPT record");
		if (asked != null && answered != null) {
			Check.that(answered.getVersion() == 0 && answered.getOptions().isEmpty(), "The OPT record is invalid:",
					answered);
			Check.that(
					(answered.getFlags() & ~ExtendedFlags.DO) == 0
							&& (answered.getFlags() & ExtendedFlags.DO) == (asked.getFlags() & ExtendedFlags.DO),
					"The flag DO differs from that of the query, or another flag is set");
		}
	}

	/**
	 * Checks that all records are from the zones, and that negative answers can be
	 * cached.
	 */
	private static void checkContent(Message message) {
		Record question = message.getQuestion();
		List<Record> answers = message.getSection(Section.ANSWER);
		boolean found = message.getRcode() == Rcode.NOERROR || message.getRcode() == Rcode.NXDOMAIN;
		Check.that(found || answers.isEmpty(), "An error has answers:", message);
		for (Record each : answers) {
			Check.that(each.getDClass() == DClass.IN, "The class of an answer is not IN:", each);
			boolean asked = question.getType() == Type.ANY || each.getType() == question.getType();
			Check.that(asked || each.getType() == Type.CNAME,
					"The type of an answer differs from that of the question:", each);
		}
		Check.that(answers.isEmpty() || answers.get(0).getName().equals(question.getName()),
				"The name of the first answer differs from that of the question:", message);
		Check.that(new HashSet<>(answers).size() == answers.size(), "The answers are not unique:", message);
		for (int section : new int[] { Section.ANSWER, Section.ADDITIONAL }) {
			message.getSection(section).forEach(DnsServerFuzz::checkData);
		}
		boolean empty = answers.isEmpty() && found && message.getHeader().getFlag(Flags.AA)
				&& !message.getHeader().getFlag(Flags.TC);
		if (empty || (message.getRcode() == Rcode.NXDOMAIN && answers.isEmpty())) {
			List<Record> authority = message.getSection(Section.AUTHORITY);
			Check.that(authority.size() == 1 && authority.get(0).getType() == Type.SOA,
					"A negative answer has no SOA record:", message);
		}
	}

	private static void checkData(Record each) {
		if (each instanceof ARecord address) {
			Check.that(SampleZones.ADDRESSES.contains(address.getAddress()),
					"A record has an unregistered address or port:", each);
		}
		else if (each instanceof AAAARecord address) {
			Check.that(SampleZones.ADDRESSES.contains(address.getAddress()),
					"A record has an unregistered address or port:", each);
		}
		else if (each instanceof SRVRecord server) {
			Check.that(SampleZones.PORTS.contains(server.getPort()), "A record has an unregistered address or port:",
					each);
		}
	}

	/**
	 * Queries the cache twice. The first query creates the cached answer and the second
	 * one reads it, unless the answer is a random selection of records.
	 */
	private static void checkCached(Server server, byte[] packet, Message expected, QueryResponder.Transport transport)
			throws IOException {
		if (!server.query.read(packet, packet.length)) {
			return;
		}
		byte[] whole = transport == QueryResponder.Transport.TCP ? expected.toWire()
				: ((Reply.Complete) server.responder.respond(packet, QueryResponder.Transport.TCP)).response();
		Set<String> all = records(new Message(whole), Section.ANSWER);
		Set<String> additional = records(new Message(whole), Section.ADDITIONAL);
		for (int i = 0; i < 2; i++) {
			Message answered = check(server, packet, server.cached(packet, transport), transport);
			Check.that(answered.getRcode() == expected.getRcode(), "The cached answer has another response code");
			for (int flag : new int[] { Flags.AA, Flags.TC }) {
				Check.that(answered.getHeader().getFlag(flag) == expected.getHeader().getFlag(flag),
						"The cached answer has another value of flag", flag);
			}
			Set<String> given = records(answered, Section.ANSWER);
			Check.that(given.size() == records(expected, Section.ANSWER).size(),
					"The cached answer has another number of records:", answered);
			Check.that(records(answered, Section.AUTHORITY).equals(records(expected, Section.AUTHORITY)),
					"The cached answer has other authority records:", answered);
			if (all.size() > 1 && all.size() <= UNTRUNCATED_RECORDS) {
				Check.that(all.containsAll(given) && additional.containsAll(records(answered, Section.ADDITIONAL)),
						"The cached answer has unknown records:", answered);
				Check.that(
						transport == QueryResponder.Transport.UDP
								|| (given.equals(all) && records(answered, Section.ADDITIONAL).equals(additional)),
						"The cached answer lacks records:", answered);
			}
		}
	}

	/**
	 * Returns records in lower case, because owner names have the case of the question.
	 */
	private static Set<String> records(Message message, int section) {
		Set<String> records = new HashSet<>();
		for (Record entry : message.getSection(section)) {
			if (!(entry instanceof OPTRecord)) {
				records.add(entry.toString().toLowerCase(Locale.ROOT));
			}
		}
		return records;
	}

	/**
	 * The DNS server without its transport.
	 */
	private static final class Server {

		private final QueryResponder.Recursion recursion;

		private final QueryResponder responder;

		private final ResponseCache answers;

		private final FastPathQuery query = new FastPathQuery();

		private Server(QueryResponder.Recursion recursion) {
			this.recursion = recursion;
			this.responder = new QueryResponder(ZONES, recursion);
			this.answers = new ResponseCache(ZONES, this.responder, TIMELINE::nanoTime);
		}

		private byte[] cached(byte[] packet, QueryResponder.Transport transport) {
			Check.that(this.query.read(packet, packet.length), "The fast path rejects a query that it accepted before");
			CachedResponse cached = this.answers.find(this.query, transport);
			if (cached == null) {
				return ((Reply.Complete) this.answers.make(this.query, packet, transport)).response();
			}
			byte[] response = new byte[cached.length()];
			ByteBuffer buffer = ByteBuffer.wrap(response);
			cached.copyTo(buffer);
			this.query.adopt(buffer);
			return response;
		}

	}

}
