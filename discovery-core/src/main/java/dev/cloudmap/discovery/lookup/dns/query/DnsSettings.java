package dev.cloudmap.discovery.lookup.dns.query;

import java.time.Duration;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.thread.Durations;

/**
 * The settings of DNS lookups.
 *
 * @param transport the transport protocol
 * @param timeout the timeout of each server
 * @param lookupTimeout the timeout of a lookup, including all its queries and a fallback
 * to the API
 * @param minTtl the minimum TTL; shorter ones are raised to it
 * @param maxTtl the maximum TTL; longer ones are lowered to it
 */
public record DnsSettings(DnsTransport transport, Duration timeout, Duration lookupTimeout, Duration minTtl,
		Duration maxTtl) {

	/** The maximum TTL that RFC 8767, section 4 recommends. */
	private static final Duration LONGEST_TTL = Duration.ofDays(7);

	private static final String MIN_TTL = "discovery.lookup.dns.min-ttl";

	private static final String MAX_TTL = "discovery.lookup.dns.max-ttl";

	/**
	 * Validates the durations.
	 * @throws DiscoveryException if one is too short or too long, or the minimum TTL
	 * exceeds the maximum
	 */
	public DnsSettings {
		Durations.requireLongEnough("discovery.lookup.dns.timeout", timeout);
		Durations.requireLongEnough("discovery.lookup.timeout", lookupTimeout);
		Durations.requireLongEnough(MIN_TTL, minTtl);
		if (maxTtl.compareTo(LONGEST_TTL) > 0) {
			throw new DiscoveryException(
					MAX_TTL + " is " + maxTtl.toHours() + "h: expected " + LONGEST_TTL.toHours() + "h or less",
					"Correct " + MAX_TTL, null);
		}
		if (minTtl.compareTo(maxTtl) > 0) {
			throw new DiscoveryException(
					MIN_TTL + " is " + minTtl.toMillis() + "ms and " + MAX_TTL + " " + maxTtl.toMillis()
							+ "ms: expected the former to be no longer than the latter",
					"Lower " + MIN_TTL + " or raise " + MAX_TTL, null);
		}
	}

}
