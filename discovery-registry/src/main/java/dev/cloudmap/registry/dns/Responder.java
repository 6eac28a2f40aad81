package dev.cloudmap.registry.dns;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.HINFORecord;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Answers DNS queries from the zones.
 */
final class Responder {

	private static final Logger logger = LoggerFactory.getLogger(Responder.class);

	/** What a client takes over UDP unless it says otherwise. */
	private static final int PLAIN_UDP_SIZE = 512;

	/** What passes most networks in one piece. */
	private static final int MAX_UDP_SIZE = 1232;

	private static final int MAX_TCP_SIZE = 65_535;

	private static final int HEADER_SIZE = 12;

	private static final int RESPONSE_BIT = 0x80;

	/** How many aliases are followed, so that a circle of them comes to an end. */
	private static final int MAX_ALIASES = 8;

	/** The TTL of the answer to ANY, in seconds. */
	private static final long ANY_TTL = 3600;

	private final Zones zones;

	Responder(Zones zones) {
		this.zones = zones;
	}

	/**
	 * Answers a query.
	 * @param packet what was received
	 * @param transport over what
	 * @return the response, or null when none may be given: to a response, or to what is
	 * too short to tell who asks what
	 */
	byte @Nullable [] respond(byte[] packet, Transport transport) {
		if (packet.length < HEADER_SIZE || (packet[2] & RESPONSE_BIT) != 0) {
			return null;
		}
		Message query;
		try {
			query = QueryFormat.read(packet);
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("Malformed DNS query", ex);
			return failure(packet, Rcode.FORMERR);
		}
		try {
			return respond(query, transport);
		}
		catch (RuntimeException ex) {
			logger.warn("The registry failed on a DNS query", ex);
			return failure(packet, Rcode.SERVFAIL);
		}
	}

	private byte[] respond(Message query, Transport transport) {
		Message response = new Message(query.getHeader().getID());
		Header header = response.getHeader();
		header.setFlag(Flags.QR);
		header.setOpcode(query.getHeader().getOpcode());
		if (query.getHeader().getFlag(Flags.RD)) {
			header.setFlag(Flags.RD);
		}
		List<Record> questions = query.getSection(Section.QUESTION);
		questions.forEach((question) -> response.addRecord(question, Section.QUESTION));
		OPTRecord edns = query.getOPT();
		int rcode = refusal(query, questions, edns);
		if (rcode == Rcode.NOERROR) {
			rcode = answer(questions.get(0), response);
		}
		header.setRcode(rcode & 0xF);
		if (edns != null) {
			response.addRecord(new OPTRecord(MAX_UDP_SIZE, rcode >> 4, 0, edns.getFlags()), Section.ADDITIONAL);
		}
		// dnsjava counts the header's bytes twice.
		return response
			.toWire(HEADER_SIZE + ((edns != null) ? transport.limit(edns.getPayloadSize()) : transport.limit()));
	}

	/**
	 * Returns why a query gets no answer, whatever the zones have.
	 */
	private static int refusal(Message query, List<Record> questions, @Nullable OPTRecord edns) {
		if (query.getHeader().getOpcode() != Opcode.QUERY) {
			return Rcode.NOTIMP;
		}
		if (edns != null && edns.getVersion() > 0) {
			return Rcode.BADVERS;
		}
		if (questions.size() != 1) {
			return Rcode.FORMERR;
		}
		Record question = questions.get(0);
		boolean transfer = question.getType() == Type.AXFR || question.getType() == Type.IXFR;
		boolean internet = question.getDClass() == DClass.IN || question.getDClass() == DClass.ANY;
		return (transfer || !internet) ? Rcode.REFUSED : Rcode.NOERROR;
	}

	/**
	 * Fills in the answer.
	 * @return the response code
	 */
	private int answer(Record question, Message response) {
		Name name = question.getName();
		Zone zone = this.zones.find(name);
		if (zone == null) {
			return Rcode.REFUSED;
		}
		response.getHeader().setFlag(Flags.AA);
		List<Record> records = zone.find(name, question.getType());
		if (records == null) {
			response.addRecord(zone.soa(), Section.AUTHORITY);
			return Rcode.NXDOMAIN;
		}
		if (question.getType() == Type.ANY) {
			// RFC 8482: a small answer that is true, rather than all there is.
			response.addRecord(new HINFORecord(name, DClass.IN, ANY_TTL, "RFC8482", ""), Section.ANSWER);
			return Rcode.NOERROR;
		}
		List<Record> all = new ArrayList<>(records);
		followAliases(all, question.getType());
		all.forEach((entry) -> response.addRecord(entry, Section.ANSWER));
		if (all.isEmpty()) {
			response.addRecord(zone.soa(), Section.AUTHORITY);
		}
		additional(zone, all).forEach((entry) -> response.addRecord(entry, Section.ADDITIONAL));
		return Rcode.NOERROR;
	}

	/**
	 * Adds what an alias stands for as far as that is in a zone here, for who asks this
	 * server has no other to ask.
	 */
	private void followAliases(List<Record> answer, int type) {
		for (int i = 0; i < MAX_ALIASES && type != Type.CNAME && !answer.isEmpty(); i++) {
			if (!(answer.get(answer.size() - 1) instanceof CNAMERecord alias)) {
				return;
			}
			Zone zone = this.zones.find(alias.getTarget());
			List<Record> more = (zone != null) ? zone.find(alias.getTarget(), type) : null;
			if (more == null || answer.containsAll(more)) {
				return;
			}
			answer.addAll(more);
		}
	}

	/**
	 * Returns the addresses of the instances that SRV records name, which spares the
	 * client a query for each.
	 */
	private static Set<Record> additional(Zone zone, List<Record> answer) {
		Set<Record> additional = new LinkedHashSet<>();
		for (Record entry : answer) {
			List<Record> addresses = (entry instanceof SRVRecord srv) ? zone.findTarget(srv.getTarget()) : null;
			if (addresses != null) {
				additional.addAll(addresses);
			}
		}
		return additional;
	}

	/**
	 * Returns a header that says what went wrong, and nothing else.
	 */
	private static byte[] failure(byte[] packet, int rcode) {
		byte[] response = new byte[HEADER_SIZE];
		response[0] = packet[0];
		response[1] = packet[1];
		response[2] = (byte) ((packet[2] & 0x79) | RESPONSE_BIT);
		response[3] = (byte) rcode;
		return response;
	}

	/**
	 * Over what a query came.
	 */
	enum Transport {

		UDP(PLAIN_UDP_SIZE, MAX_UDP_SIZE),

		TCP(MAX_TCP_SIZE, MAX_TCP_SIZE);

		private final int least;

		private final int most;

		Transport(int least, int most) {
			this.least = least;
			this.most = most;
		}

		/**
		 * Returns how large a response may be, in bytes, for a client that does not say.
		 */
		int limit() {
			return this.least;
		}

		/**
		 * Returns how large a response may be for a client that says what it takes.
		 */
		int limit(int accepted) {
			return Math.max(this.least, Math.min(accepted, this.most));
		}

		/**
		 * Returns how large a response may be at the most.
		 */
		int most() {
			return this.most;
		}

	}

}
