package dev.cloudmap.discovery.lookup.dns;

/**
 * How DNS servers are asked.
 */
public enum DnsTransport {

	/** By datagram, and by TCP where the answer does not fit into one. */
	UDP,

	/** By TCP always. */
	TCP

}
