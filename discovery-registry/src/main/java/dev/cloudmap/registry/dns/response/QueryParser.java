package dev.cloudmap.registry.dns.response;

import java.io.IOException;

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
		if (entries > MAX_ENTRIES) {
			throw new WireParseException("A query with %d questions and records".formatted(entries));
		}
		Message query = new Message(packet);
		int options = 0;
		int signatures = 0;
		for (int section = 0; section < SECTIONS; section++) {
			// dnsjava accepts an incomplete message with the flag TC.
			if (query.getSection(section).size() != count(packet, section)) {
				throw new WireParseException("An incomplete query");
			}
			for (Record entry : query.getSection(section)) {
				options += (entry instanceof OPTRecord) ? 1 : 0;
				signatures += (entry.getType() == Type.TSIG) ? 1 : 0;
			}
		}
		checkOptions(query, options);
		checkSignatures(query, signatures);
		return query;
	}

	/**
	 * Allows one TSIG record of class ANY at the end of the additional section (RFC 8945,
	 * sections 4.2 and 5.2).
	 */
	private static void checkSignatures(Message query, int signatures) throws WireParseException {
		TSIGRecord signature = query.getTSIG();
		if (signatures > 1 || (signatures == 1 && signature == null)) {
			throw new WireParseException("A query with %d TSIG records".formatted(signatures));
		}
		if (signature != null && signature.getDClass() != DClass.ANY) {
			throw new WireParseException("A query whose TSIG record has the class " + signature.getDClass());
		}
	}

	/**
	 * Allows one OPT record of the root in the additional section (RFC 6891, section
	 * 6.1).
	 */
	private static void checkOptions(Message query, int options) throws WireParseException {
		OPTRecord edns = query.getOPT();
		if (options > 1 || (options == 1 && edns == null)) {
			throw new WireParseException("A query with %d OPT records".formatted(options));
		}
		if (edns != null && !edns.getName().equals(Name.root)) {
			throw new WireParseException("A query whose OPT record is not owned by the root");
		}
	}

	private static int count(byte[] packet, int section) {
		int position = COUNTS + section * Short.BYTES;
		return (packet[position] & 0xFF) << Byte.SIZE | (packet[position + 1] & 0xFF);
	}

}
