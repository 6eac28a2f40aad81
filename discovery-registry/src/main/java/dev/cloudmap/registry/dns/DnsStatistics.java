package dev.cloudmap.registry.dns;

import java.util.Map;

/**
 * The statistics of the DNS server since its start.
 *
 * @param udpQueries the number of datagrams, without those in progress
 * @param tcpQueries the number of messages over TCP, without those in progress
 * @param responses the number of responses by name of the response code, such as
 * {@code NOERROR}
 * @param truncated the number of truncated responses
 * @param malformed the number of malformed queries, answered with {@code FORMERR} or
 * ignored
 * @param dropped the number of queries whose response could not be created or sent
 */
public record DnsStatistics(long udpQueries, long tcpQueries, Map<String, Long> responses, long truncated,
		long malformed, long dropped) {

}
