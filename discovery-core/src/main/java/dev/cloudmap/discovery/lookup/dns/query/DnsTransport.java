package dev.cloudmap.discovery.lookup.dns.query;

/**
 * The transport protocol of DNS queries.
 */
public enum DnsTransport {

	/** UDP, and TCP for truncated answers. */
	UDP,

	/** TCP only. */
	TCP

}
