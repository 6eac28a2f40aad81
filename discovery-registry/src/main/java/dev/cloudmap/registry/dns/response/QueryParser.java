package dev.cloudmap.registry.dns.response;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.TSIGRecord;
import org.xbill.DNS.Type;
import org.xbill.DNS.WireParseException;

/**
 * Parses queries, more strictly than other messages. Bytes after the message are ignored,
 * as other servers do.
 */
final class QueryParser {

	private static final int COUNTS = 4;

	private static final int SECTIONS = 4;

	/**
	 * The maximum number of questions and records of a query. Clients send one question
	 * and one or two records.
	 */
	private static final int MAX_ENTRIES = 16;

	private QueryParser() {
	}

	/**
	 * Parses a query.
	 * @param packet the packet, with a complete header
	 * @return the query
	 * @throws IOException if it is malformed
	 */
	static Message read(byte[] packet) throws IOException {
		int entries = 0;
		for (int section = 0; section < SECTIONS; section++) {
			entries += count(packet, section);
		}
		check(entries <= MAX_ENTRIES, "A query with too many questions and records");
		Message query = new Message(packet);
		List<Record> records = new ArrayList<>();
		for (int section = 0; section < SECTIONS; section++) {
			records.addAll(query.getSection(section));
		}
		// dnsjava accepts an incomplete message with the flag TC.
		check(records.size() == entries, "An incomplete query");
		// One OPT record of the root in the additional section (RFC 6891, section 6.1).
		OPTRecord edns = query.getOPT();
		check(count(records, OPTRecord.class::isInstance) == ((edns != null) ? 1 : 0),
				"A query with invalid OPT records");
		check(edns == null || edns.getName().equals(Name.root), "A query whose OPT record is not owned by the root");
		// One TSIG record of class ANY at the end of the additional section (RFC 8945,
		// sections 4.2 and 5.2).
		TSIGRecord signature = query.getTSIG();
		check(count(records, (entry) -> entry.getType() == Type.TSIG) == ((signature != null) ? 1 : 0),
				"A query with invalid TSIG records");
		check(signature == null || signature.getDClass() == DClass.ANY, "A query whose TSIG record has another class");
		return query;
	}

	private static void check(boolean condition, String failure) throws WireParseException {
		if (!condition) {
			throw new WireParseException(failure);
		}
	}

	private static long count(List<Record> records, Predicate<Record> condition) {
		return records.stream().filter(condition).count();
	}

	private static int count(byte[] packet, int section) {
		int position = COUNTS + section * Short.BYTES;
		return (packet[position] & 0xFF) << Byte.SIZE | (packet[position + 1] & 0xFF);
	}

}
