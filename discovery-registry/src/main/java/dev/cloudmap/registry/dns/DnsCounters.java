package dev.cloudmap.registry.dns;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

import dev.cloudmap.registry.dns.response.QueryResponder;

/**
 * Counts what comes in and what goes out. A common response costs one addition.
 */
final class DnsCounters {

	private static final int FLAGS = 2;

	private static final int TRUNCATED_BIT = 0x02;

	private static final int RCODE = 3;

	private static final int RCODE_BITS = 0xF;

	private static final int HEADER_SIZE = 12;

	/** The size of an OPT record without options, which stands at a response's end. */
	private static final int OPT_SIZE = 11;

	private static final int OPT_TYPE = 1;

	private static final int OPT_EXTENDED_RCODE = 5;

	/** Response codes from here on are counted as one. */
	private static final int OTHER = Rcode.BADVERS + 1;

	private final OfTransport udp = new OfTransport();

	private final OfTransport tcp = new OfTransport();

	private final LongAdder truncated = new LongAdder();

	private final LongAdder dropped = new LongAdder();

	/**
	 * Counts a response and what it answers.
	 * @param transport over what it goes
	 * @param response the whole message, from index 0 to the limit
	 */
	void answered(QueryResponder.Transport transport, ByteBuffer response) {
		of(transport).responses[Math.min(rcode(response), OTHER)].increment();
		if ((response.get(FLAGS) & TRUNCATED_BIT) != 0) {
			this.truncated.increment();
		}
	}

	private OfTransport of(QueryResponder.Transport transport) {
		return (transport == QueryResponder.Transport.UDP) ? this.udp : this.tcp;
	}

	private static int rcode(ByteBuffer response) {
		int rcode = response.get(RCODE) & RCODE_BITS;
		int opt = response.limit() - OPT_SIZE;
		if (opt >= HEADER_SIZE && response.get(opt) == 0 && response.getShort(opt + OPT_TYPE) == Type.OPT) {
			return (response.get(opt + OPT_EXTENDED_RCODE) & 0xFF) << 4 | rcode;
		}
		return rcode;
	}

	/**
	 * Counts what gets no response because it is no query: too short, cut, or a response
	 * itself.
	 */
	void ignored(QueryResponder.Transport transport) {
		of(transport).ignored.increment();
	}

	/**
	 * Counts a query that needs no response of its own: its client has asked the same
	 * just before, or is gone.
	 */
	void unanswered(QueryResponder.Transport transport) {
		of(transport).unanswered.increment();
	}

	/**
	 * Counts a query without response, because that could not be made or sent.
	 */
	void dropped() {
		this.dropped.increment();
	}

	/**
	 * Returns what was counted up to now.
	 */
	DnsStatistics statistics() {
		Map<String, Long> byRcode = new TreeMap<>();
		for (int rcode = 0; rcode <= OTHER; rcode++) {
			long sum = this.udp.responses[rcode].sum() + this.tcp.responses[rcode].sum();
			if (sum > 0) {
				byRcode.put(name(rcode), sum);
			}
		}
		long malformed = byRcode.getOrDefault(name(Rcode.FORMERR), 0L) + this.udp.ignored.sum()
				+ this.tcp.ignored.sum();
		return new DnsStatistics(this.udp.queries(), this.tcp.queries(), byRcode, this.truncated.sum(), malformed,
				this.dropped.sum());
	}

	private static String name(int rcode) {
		return switch (rcode) {
			// dnsjava has the name that the number has in a TSIG record.
			case Rcode.BADVERS -> "BADVERS";
			case OTHER -> "OTHER";
			default -> Rcode.string(rcode);
		};
	}

	/**
	 * What is counted for one transport.
	 */
	private static final class OfTransport {

		private final LongAdder[] responses = Stream.generate(LongAdder::new)
			.limit(OTHER + 1)
			.toArray(LongAdder[]::new);

		private final LongAdder ignored = new LongAdder();

		private final LongAdder unanswered = new LongAdder();

		private long queries() {
			long queries = this.ignored.sum() + this.unanswered.sum();
			for (LongAdder each : this.responses) {
				queries += each.sum();
			}
			return queries;
		}

	}

}
