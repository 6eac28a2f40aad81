package dev.cloudmap.discovery.lookup.dns;

import java.net.InetAddress;
import java.time.Instant;

import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/**
 * What a server answered.
 *
 * @param message the answer
 * @param server the server's address
 * @param received when the answer came: TTLs count from then
 */
record DnsAnswer(Message message, InetAddress server, Instant received) {

	boolean isNameUnknown() {
		return this.message.getRcode() == Rcode.NXDOMAIN;
	}

	boolean hasAuthority(int type) {
		return this.message.getSection(Section.AUTHORITY).stream().anyMatch((record) -> record.getType() == type);
	}

}
