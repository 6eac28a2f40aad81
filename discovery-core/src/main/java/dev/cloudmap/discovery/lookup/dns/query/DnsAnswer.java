package dev.cloudmap.discovery.lookup.dns.query;

import java.net.InetAddress;
import java.time.Instant;

import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/**
 * The answer of a DNS server.
 *
 * @param message the answer
 * @param server the address of the server
 * @param received when the answer was received, from which TTLs are measured
 */
public record DnsAnswer(Message message, InetAddress server, Instant received) {

	/**
	 * Returns whether the name does not exist (NXDOMAIN, RFC 1035).
	 */
	public boolean isNameUnknown() {
		return this.message.getRcode() == Rcode.NXDOMAIN;
	}

	/**
	 * Returns whether the authority section has a record of a type.
	 */
	public boolean hasAuthority(int type) {
		return this.message.getSection(Section.AUTHORITY).stream().anyMatch((record) -> record.getType() == type);
	}

}
