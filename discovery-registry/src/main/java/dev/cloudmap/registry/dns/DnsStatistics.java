package dev.cloudmap.registry.dns;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the DNS server has done since its start.
 *
 * @param udpQueries the datagrams that came, but for those that wait for upstreams
 * @param tcpQueries the messages that came over TCP, but for those that wait for
 * upstreams
 * @param responses the responses by their code's name, such as {@code NOERROR}; codes
 * that were never given are absent
 * @param truncated the responses that told a client to ask again over TCP
 * @param malformed what was no query: answered with {@code FORMERR} where that could be,
 * otherwise ignored
 * @param dropped the queries whose response could not be made or sent
 */
public record DnsStatistics(long udpQueries, long tcpQueries, Map<String, Long> responses, long truncated,
		long malformed, long dropped) {

	public DnsStatistics {
		responses = Collections.unmodifiableMap(new TreeMap<>(responses));
	}

}
