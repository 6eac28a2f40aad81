package dev.cloudmap.registry.dns;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

import dev.cloudmap.registry.dns.response.QueryResponder;

/**
 * Counts queries and responses. A common response costs one addition.
 */
final class DnsCounters {

	private static final int FLAGS = 2;

	private static final int TRUNCATED_BIT = 0x02;

	private static final int RCODE = 3;

	private static final int RCODE_BITS = 0xF;

	private static final int HEADER_SIZE = 12;

	/** The size of the OPT record at the end of a response. */
	private static final int OPT_SIZE = 11;

	private static final int OPT_TYPE = 1;

	private static final int OPT_EXTENDED_RCODE = 5;

	/** The counter of all higher response codes. */
	private static final int OTHER = Rcode.BADVERS + 1;

	/** The counter of messages that are not queries. */
	private static final int IGNORED = OTHER + 1;

	/** The counter of queries without a response of their own. */
	private static final int UNANSWERED = IGNORED + 1;

	private final LongAdder[] udp = counters();

	private final LongAdder[] tcp = counters();

	private final LongAdder truncated = new LongAdder();

	private final LongAdder dropped = new LongAdder();

	private static LongAdder[] counters() {
		return Stream.generate(LongAdder::new).limit(UNANSWERED + 1).toArray(LongAdder[]::new);
	}

	/**
	 * Counts a query and its response.
	 * @param transport the transport
	 * @param response the message, from index 0 to the limit
	 */
	void answered(QueryResponder.Transport transport, ByteBuffer response) {
		of(transport)[Math.min(rcode(response), OTHER)].increment();
		if ((response.get(FLAGS) & TRUNCATED_BIT) != 0) {
			this.truncated.increment();
		}
	}

	private LongAdder[] of(QueryResponder.Transport transport) {
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
	 * Counts a message that is not a query: too short, incomplete, or a response.
	 */
	void ignored(QueryResponder.Transport transport) {
		of(transport)[IGNORED].increment();
	}

	/**
	 * Counts a query without a response of its own: a repetition, or a query of a closed
	 * connection.
	 */
	void unanswered(QueryResponder.Transport transport) {
		of(transport)[UNANSWERED].increment();
	}

	/**
	 * Counts a query whose response could not be created or sent.
	 */
	void dropped() {
		this.dropped.increment();
	}

	DnsStatistics statistics() {
		Map<String, Long> byRcode = new TreeMap<>();
		for (int rcode = 0; rcode <= OTHER; rcode++) {
			long sum = sum(rcode);
			if (sum > 0) {
				byRcode.put(name(rcode), sum);
			}
		}
		return new DnsStatistics(sum(this.udp), sum(this.tcp), Collections.unmodifiableMap(byRcode),
				this.truncated.sum(), sum(Rcode.FORMERR) + sum(IGNORED), this.dropped.sum());
	}

	private long sum(int counter) {
		return this.udp[counter].sum() + this.tcp[counter].sum();
	}

	private static long sum(LongAdder[] counters) {
		return Stream.of(counters).mapToLong(LongAdder::sum).sum();
	}

	private static String name(int rcode) {
		return switch (rcode) {
			// dnsjava returns the name of the code in TSIG records.
			case Rcode.BADVERS -> "BADVERS";
			case OTHER -> "OTHER";
			default -> Rcode.string(rcode);
		};
	}

}
