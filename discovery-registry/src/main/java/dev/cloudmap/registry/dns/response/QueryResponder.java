package dev.cloudmap.registry.dns.response;

import java.io.IOException;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIGRecord;
import org.xbill.DNS.Type;

import dev.cloudmap.registry.dns.zone.Zones;

/**
 * Responds to DNS queries from the zones.
 */
public final class QueryResponder {

	private static final Logger logger = LoggerFactory.getLogger(QueryResponder.class);

	/** The maximum size of a response over UDP without EDNS. */
	private static final int PLAIN_UDP_SIZE = 512;

	/** The size of datagrams that most networks do not fragment. */
	private static final int MAX_UDP_SIZE = 1232;

	private static final int MAX_TCP_SIZE = 65_535;

	private static final byte[] NO_MAC = {};

	private static final int HEADER_SIZE = 12;

	private static final int RESPONSE_BIT = 0x80;

	private static final int RECURSION_AVAILABLE_BIT = 0x80;

	private final Zones zones;

	private final Recursion recursion;

	public QueryResponder(Zones zones, Recursion recursion) {
		this.zones = zones;
		this.recursion = recursion;
	}

	/**
	 * Responds to a query.
	 * @param packet the packet
	 * @param transport its transport
	 * @return the reply, or null if the packet is a response or too short
	 */
	public @Nullable Reply respond(byte[] packet, Transport transport) {
		if (packet.length < HEADER_SIZE || (packet[2] & RESPONSE_BIT) != 0) {
			return null;
		}
		Message query;
		try {
			query = QueryParser.read(packet);
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("Malformed DNS query", ex);
			return new Reply.Complete(failure(packet, Rcode.FORMERR));
		}
		try {
			return respond(query, packet.length, transport);
		}
		catch (RuntimeException ex) {
			logger.warn("The registry failed to process a DNS query", ex);
			return new Reply.Complete(failure(packet, Rcode.SERVFAIL));
		}
	}

	private Reply respond(Message query, int queryLength, Transport transport) {
		TSIGRecord signature = query.getTSIG();
		if (signature != null) {
			return new Reply.Complete(unknownKey(query, signature, queryLength, transport));
		}
		int rejection = rejection(query);
		if (rejection != Rcode.NOERROR) {
			return new Reply.Complete(encode(query, transport, rejection, null));
		}
		AnswerBuilder answer = AnswerBuilder.of(query.getQuestion(), this.zones);
		boolean answered = answer.isAuthoritative() || mayBeForwarded(query);
		if (answer.type() == Type.ANY && transport == Transport.REMOTE_UDP && answered) {
			answer.truncate();
		}
		if (answer.outside() == null) {
			return new Reply.Complete(encode(query, transport, answer.rcode(), answer));
		}
		if (mayBeForwarded(query)) {
			return new Reply.Incomplete(query, transport, answer);
		}
		return new Reply.Complete(answer.isAuthoritative() ? encode(query, transport, answer.rcode(), answer)
				: encode(query, transport, Rcode.REFUSED, null));
	}

	/**
	 * Encodes the response to a query with a transaction signature (TSIG). The server has
	 * no keys, and the response is not signed (RFC 8945, sections 5.2.1 and 5.3.2).
	 */
	private byte[] unknownKey(Message query, TSIGRecord signature, int queryLength, Transport transport) {
		Message response = response(query, Rcode.NOTAUTH, null);
		response.addRecord(
				new TSIGRecord(signature.getName(), DClass.ANY, 0, signature.getAlgorithm(), Instant.now(),
						signature.getFudge(), NO_MAC, signature.getOriginalID(), Rcode.BADKEY, null),
				Section.ADDITIONAL);
		// With a size limit dnsjava would put the OPT record after the TSIG record.
		byte[] encoded = response.toWire();
		// Unlike the query, the response does not compress names in the TSIG record.
		int limit = (transport == Transport.REMOTE_UDP) ? Math.min(queryLength, transport.limit()) : transport.limit();
		return (encoded.length <= limit) ? encoded : encode(query, transport, Rcode.NOTAUTH, null);
	}

	private boolean mayBeForwarded(Message query) {
		return this.recursion == Recursion.AVAILABLE && query.getHeader().getFlag(Flags.RD)
				&& query.getQuestion().getDClass() == DClass.IN;
	}

	/**
	 * Encodes the response of a completed reply.
	 * @param reply the reply
	 * @return the response
	 */
	public byte[] complete(Reply.Incomplete reply) {
		return encode(reply.query(), reply.transport(), reply.answer().rcode(), reply.answer());
	}

	/**
	 * Encodes a SERVFAIL response.
	 * @param reply the reply that cannot be completed
	 * @return the response
	 */
	public byte[] fail(Reply.Incomplete reply) {
		return encode(reply.query(), reply.transport(), Rcode.SERVFAIL, null);
	}

	private byte[] encode(Message query, Transport transport, int rcode, @Nullable AnswerBuilder answer) {
		OPTRecord edns = query.getOPT();
		// dnsjava counts the bytes of the header twice.
		return response(query, rcode, answer)
			.toWire(HEADER_SIZE + ((edns != null) ? transport.limit(edns.getPayloadSize()) : transport.limit()));
	}

	private Message response(Message query, int rcode, @Nullable AnswerBuilder answer) {
		Message response = new Message(query.getHeader().getID());
		Header header = response.getHeader();
		header.setFlag(Flags.QR);
		header.setOpcode(query.getHeader().getOpcode());
		if (query.getHeader().getFlag(Flags.RD)) {
			header.setFlag(Flags.RD);
		}
		if (this.recursion == Recursion.AVAILABLE) {
			header.setFlag(Flags.RA);
		}
		query.getSection(Section.QUESTION).forEach((question) -> response.addRecord(question, Section.QUESTION));
		if (answer != null) {
			answer.addTo(response);
		}
		header.setRcode(rcode & 0xF);
		OPTRecord edns = query.getOPT();
		if (edns != null) {
			response.addRecord(new OPTRecord(MAX_UDP_SIZE, rcode >> 4, 0, edns.getFlags() & ExtendedFlags.DO),
					Section.ADDITIONAL);
		}
		return response;
	}

	/**
	 * Returns the response code of a query that is rejected, or NOERROR.
	 */
	private static int rejection(Message query) {
		OPTRecord edns = query.getOPT();
		List<Record> questions = query.getSection(Section.QUESTION);
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
	 * Returns a response that consists of a header only.
	 */
	private byte[] failure(byte[] packet, int rcode) {
		byte[] response = new byte[HEADER_SIZE];
		response[0] = packet[0];
		response[1] = packet[1];
		response[2] = (byte) ((packet[2] & 0x79) | RESPONSE_BIT);
		response[3] = (byte) ((this.recursion == Recursion.AVAILABLE) ? RECURSION_AVAILABLE_BIT | rcode : rcode);
		return response;
	}

	/**
	 * Whether queries for names outside of all zones are forwarded.
	 */
	public enum Recursion {

		/** They are forwarded if the client requests recursion. */
		AVAILABLE,
		/** They are refused. */
		NONE

	}

	/**
	 * The transport of a query.
	 */
	public enum Transport {

		/** UDP from this machine: the address of the client is a loopback address. */
		UDP(PLAIN_UDP_SIZE, MAX_UDP_SIZE),

		/**
		 * UDP from another machine. The address of the client can be forged, so large
		 * responses could be directed at a third party.
		 */
		REMOTE_UDP(PLAIN_UDP_SIZE, MAX_UDP_SIZE),

		TCP(MAX_TCP_SIZE, MAX_TCP_SIZE);

		private final int least;

		private final int most;

		Transport(int least, int most) {
			this.least = least;
			this.most = most;
		}

		/**
		 * Returns the maximum size of a response without EDNS, in bytes.
		 * @return the size
		 */
		public int limit() {
			return this.least;
		}

		/**
		 * Returns the maximum size of a response with EDNS, in bytes.
		 * @param accepted the size in the query
		 * @return the size
		 */
		public int limit(int accepted) {
			return Math.max(this.least, Math.min(accepted, this.most));
		}

		/**
		 * Returns the maximum size of all responses, in bytes.
		 * @return the size
		 */
		public int most() {
			return this.most;
		}

	}

}
