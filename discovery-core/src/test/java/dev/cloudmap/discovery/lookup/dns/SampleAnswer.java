package dev.cloudmap.discovery.lookup.dns;

import java.util.stream.IntStream;

import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/**
 * Plausible answers about {@code worker.corp.}, which fuzz tests mutate.
 */
public enum SampleAnswer {

	WITH_ADDRESSES, WITHOUT_ADDRESSES, MANY, ALIASES, ADDRESSES, SENSELESS, UNAVAILABLE, NO_DATA, NO_NAME;

	/**
	 * The answer to any query.
	 */
	public Message to(Message query) {
		Message answer = new Message(query.getHeader().getID());
		answer.getHeader().setFlag(Flags.QR);
		answer.addRecord(query.getQuestion(), Section.QUESTION);
		return switch (this) {
			case WITH_ADDRESSES -> instances(answer, 8);
			case WITHOUT_ADDRESSES -> add(answer, "worker.corp. SRV 1 1 8080 i-1.worker.corp.",
					"worker.corp. SRV 1 7 8081 i-2.worker.corp.", "worker.corp. SRV 2 0 8082 node.corp.",
					"i-1.worker.corp. A 10.0.0.1", "i-2.worker.corp. AAAA 2001:db8::2", "node.corp. A 10.0.0.3");
			case MANY -> instances(answer, 40);
			case ALIASES -> add(answer, "worker.corp. CNAME w.corp.", "w.corp. CNAME v.corp.",
					"v.corp. SRV 0 0 8080 node.corp.", "node.corp. CNAME n.corp.", "n.corp. A 10.0.0.1");
			case ADDRESSES -> add(answer, "worker.corp. A 10.0.0.1", "worker.corp. A 10.0.0.2",
					"worker.corp. AAAA 2001:db8::1", "worker.corp. AAAA ::ffff:10.0.0.3");
			case SENSELESS -> add(answer, "worker.corp. SRV 1 1 0 a.corp.", "worker.corp. SRV 1 1 1 b.corp.",
					"a.corp. A 10.0.0.1", "b.corp. A 127.0.0.1", "b.corp. AAAA ::ffff:0.0.0.0", "b.corp. AAAA fe80::1",
					"worker.corp. A 255.255.255.255", "worker.corp. AAAA ff02::1");
			case UNAVAILABLE -> add(answer, "worker.corp. SRV 0 0 0 .");
			case NO_DATA -> authority(answer);
			case NO_NAME -> {
				answer.getHeader().setRcode(Rcode.NXDOMAIN);
				yield authority(answer);
			}
		};
	}

	private static Message add(Message answer, String... records) {
		return ScriptedDnsServer.add(answer, Section.ANSWER, records);
	}

	private static Message instances(Message answer, int count) {
		IntStream.range(0, count).forEach((i) -> {
			ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 " + (8080 + i) + " i-" + i + ".corp.");
			ScriptedDnsServer.add(answer, Section.ADDITIONAL, "i-" + i + ".corp. A 10.0.0." + i % 250);
		});
		return answer;
	}

	private static Message authority(Message answer) {
		return ScriptedDnsServer.add(answer, Section.AUTHORITY, "corp. SOA ns.corp. root.corp. 1 60 60 60 300");
	}

}
