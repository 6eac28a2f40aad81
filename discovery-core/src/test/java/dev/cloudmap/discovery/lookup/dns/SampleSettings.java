package dev.cloudmap.discovery.lookup.dns;

import java.time.Duration;

import dev.cloudmap.discovery.lookup.dns.query.DnsSettings;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;

/**
 * The defaults of {@code discovery.lookup.dns} with other timeouts.
 */
public final class SampleSettings {

	/** Long enough for a busy machine, and for every test's servers. */
	private static final Duration LOOKUP_TIMEOUT = Duration.ofMinutes(5);

	private static final Duration MIN_TTL = Duration.ofSeconds(1);

	private static final Duration MAX_TTL = Duration.ofMinutes(1);

	private SampleSettings() {
	}

	public static DnsSettings udp(Duration timeout) {
		return new DnsSettings(DnsTransport.UDP, timeout, LOOKUP_TIMEOUT, MIN_TTL, MAX_TTL);
	}

	public static DnsSettings udp(Duration timeout, Duration lookupTimeout) {
		return new DnsSettings(DnsTransport.UDP, timeout, lookupTimeout, MIN_TTL, MAX_TTL);
	}

	public static DnsSettings tcp(Duration timeout) {
		return of(DnsTransport.TCP, timeout);
	}

	public static DnsSettings of(DnsTransport transport, Duration timeout) {
		return new DnsSettings(transport, timeout, LOOKUP_TIMEOUT, MIN_TTL, MAX_TTL);
	}

}
