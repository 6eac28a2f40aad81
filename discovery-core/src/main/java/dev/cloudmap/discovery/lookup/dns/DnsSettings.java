package dev.cloudmap.discovery.lookup.dns;

import java.time.Duration;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.thread.Durations;

/**
 * How DNS is asked, and how long its answers hold.
 *
 * @param transport how servers are asked
 * @param timeout how long to wait for each server
 * @param lookupTimeout how long a lookup may take, all its queries together and whatever
 * follows where DNS can't tell
 * @param minTtl for how long a record holds at least, whatever its TTL
 * @param maxTtl for how long a record holds at most, whatever its TTL
 */
public record DnsSettings(DnsTransport transport, Duration timeout, Duration lookupTimeout, Duration minTtl,
		Duration maxTtl) {

	/** What RFC 8767, section 4 advises resolvers to keep nothing longer than. */
	private static final Duration LONGEST_TTL = Duration.ofDays(7);

	private static final String MIN_TTL = "discovery.lookup.dns.min-ttl";

	private static final String MAX_TTL = "discovery.lookup.dns.max-ttl";

	/**
	 * Validates the durations.
	 * @throws DiscoveryException if one is too short or too long, or the TTLs' limits
	 * exclude each other
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
